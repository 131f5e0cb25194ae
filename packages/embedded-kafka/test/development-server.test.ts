import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { networkInterfaces } from "node:os";
import { fileURLToPath } from "node:url";
import { waitFor } from "@millrace/testing";
import { Kafka, logLevel } from "kafkajs";
import { afterEach, expect, test } from "vitest";
import { runDevelopmentServer } from "../src/development-server/run-development-server.ts";
import { startEmbeddedKafka } from "../src/index.ts";
import { openRawClient } from "./support/raw-client.ts";

const main = fileURLToPath(new URL("../src/development-server/main.ts", import.meta.url));
const children: ChildProcess[] = [];
const hasIpv6 = Object.values(networkInterfaces()).some((networks) => networks?.some(({ address }) => address === "::1"));

afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

/** The command in a process of its own, with what it has said so far. */
function run(...words: string[]) {
  const child = spawn(process.execPath, ["--conditions=@millrace/source", main, ...words], { stdio: ["ignore", "pipe", "pipe"] });
  children.push(child);
  const said = { output: "", error: "" };
  child.stdout.on("data", (chunk: Buffer) => (said.output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (said.error += chunk.toString()));
  const ended = once(child, "close").then(([code]) => code as number | null);
  return { child, said, ended };
}

test("the development server tells how to reach it, serves kafkajs, and ends tidily on Ctrl-C", async () => {
  const { child, said, ended } = run("--port", "0", "--host", "localhost", "--partitions", "2", "--topic", "orders:3", "--no-auto-create");
  await waitFor(() => said.output.includes("Ctrl-C"), { timeoutMs: 20_000 });
  const address = /ready at (localhost:\d+)/.exec(said.output)![1]!;
  expect(said.output).toContain(`kcat -b ${address} -L`);
  const admin = new Kafka({ brokers: [address], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  expect((await admin.fetchTopicMetadata({ topics: ["orders"] })).topics[0]!.partitions).toHaveLength(3);
  await expect(admin.fetchTopicMetadata({ topics: ["unknown"] })).rejects.toThrow(/does not host/);
  await admin.disconnect();
  const port = Number(address.split(":")[1]);
  for (const host of ["127.0.0.1", ...(hasIpv6 ? ["::1"] : [])]) {
    const client = await openRawClient({ host, port });
    expect((await client.call("ApiVersions", 0, {})).errorCode).toBe(0);
    client.close();
  }
  const open = await openRawClient({ host: "127.0.0.1", port });
  child.kill("SIGINT");
  expect(await ended).toBe(0);
  await open.closed;
  expect(said).toMatchObject({ output: expect.stringContaining("has stopped"), error: "" });
});

test("the server stays when nobody reads what it says any more", async () => {
  const { child, said, ended } = run("--port", "0");
  await waitFor(() => said.output.includes("kafkajs"), { timeoutMs: 20_000 });
  child.stdout.destroy();
  const client = await openRawClient({ host: "127.0.0.1", port: Number(/ready at 127\.0\.0\.1:(\d+)/.exec(said.output)![1]) });
  expect((await client.call("ApiVersions", 0, {})).errorCode).toBe(0);
  child.kill("SIGINT");
  expect(await ended).toBe(0);
  await client.closed;
});

test("a port that is taken is one clear sentence and exit code 2", async () => {
  const occupant = createServer().listen(0, "127.0.0.1");
  await once(occupant, "listening");
  const { port } = occupant.address() as { port: number };
  const { said, ended } = run("--port", String(port));
  expect(await ended).toBe(2);
  expect(said.output).toBe("");
  expect(said.error).toBe(
    `embedded-kafka: port ${port} of 127.0.0.1 is taken by another process; choose another one with --port, or 0 for a free one\n`,
  );
  occupant.close();
});

test("arguments that cannot be are exit code 2, and help is 0", async () => {
  const [wrong, open, help] = [run("--nodes", "0"), run("--host", "0.0.0.0", "--port", "70000"), run("--help")];
  expect([await wrong.ended, await open.ended, await help.ended]).toEqual([2, 2, 0]);
  expect(wrong.said.error).toContain("nodes must be a whole number from 1 to 100");
  expect(open.said.error.trim().split("\n")).toHaveLength(2);
  expect(help.said.output).toContain("--no-auto-create");
});

test("the server runs until it is told to stop, and says why it cannot start, in one process too", async () => {
  const said: string[] = [];
  const complaints: string[] = [];
  let stop = (): void => {};
  const stopped = new Promise<void>((resolve) => (stop = resolve));
  const speech = { write: (text: string) => said.push(text), writeError: (text: string) => complaints.push(text), stopped };
  const ended = runDevelopmentServer(["--port", "0"], speech);
  await waitFor(() => said.length === 1);
  const port = /127\.0\.0\.1:(\d+)/.exec(said[0]!)![1]!;
  expect(await runDevelopmentServer(["--port", port], speech)).toBe(2);
  expect(await runDevelopmentServer(["--partitions", "0"], speech)).toBe(2);
  expect(await runDevelopmentServer(["--port"], speech)).toBe(2);
  expect(complaints.map((complaint) => complaint.includes("taken by another process"))).toEqual([true, false, false]);
  stop();
  expect(await ended).toBe(0);
  expect(await runDevelopmentServer(["--help"], speech)).toBe(0);
  expect(said).toHaveLength(3);
});

// A machine without IPv6 has one loopback address only.
test.runIf(hasIpv6)("localhost is refused as a whole when another process has its port on one of both addresses", async () => {
  const occupant = createServer().listen(0, "::1");
  await once(occupant, "listening");
  const { port } = occupant.address() as { port: number };
  await expect(startEmbeddedKafka({ host: "localhost", port })).rejects.toMatchObject({ code: "LISTEN_FAILED", port });
  const broker = await startEmbeddedKafka({ port });
  expect(broker.brokers).toEqual([`127.0.0.1:${port}`]);
  await broker.close();
  occupant.close();
});
