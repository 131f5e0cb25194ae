import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";
import { expect, onTestFinished, test } from "vitest";
import { createClusterLayout } from "../src/cluster-layout.ts";
import { clusterStatus, startSecuredKafka, stopCluster } from "../src/index.ts";
import { findOwnProcesses } from "../src/own-process.ts";
import { probeKafka } from "../src/probe-kafka.ts";

/** Whom the door's certificate names, or why there is no connection. */
async function subjectOf(address: string, authority: string): Promise<string> {
  const [host = "", port = ""] = address.split(":");
  return await new Promise((resolve) => {
    const socket = connect({ host, port: Number(port), ca: authority, checkServerIdentity: () => undefined }, () => {
      resolve(socket.getPeerCertificate().subject.CN);
      socket.destroy();
    });
    socket.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  });
}

test("the secured broker starts once, shows its certificates, and nothing is left after the end", { timeout: 180_000 }, async () => {
  const directory = await mkdtemp(join(tmpdir(), "cluster-secured-"));
  const place = { directory, libraryDirectory: createClusterLayout().libraryDirectory };
  onTestFinished(async () => {
    await stopCluster(place);
    await rm(directory, { recursive: true, force: true });
  });
  const [first, second] = await Promise.all([startSecuredKafka(place), startSecuredKafka(place)]);
  expect([first.started, second.started].filter(Boolean)).toHaveLength(1);
  expect(second).toEqual({ ...first, started: second.started });
  expect((await clusterStatus({ ...place, secured: true })).up).toBe(true);
  expect(await probeKafka(Number(first.listeners.plaintext.split(":")[1]), 5_000)).toBe(1);
  const { authority, otherAuthority } = first.certificates;
  expect(await subjectOf(first.listeners.tls, authority)).toBe("localhost");
  expect(await subjectOf(first.listeners.elsewhereTls, authority)).toBe("elsewhere.example");
  expect(await subjectOf(first.listeners.saslTls, otherAuthority)).toMatch(/UNABLE_TO_VERIFY|SELF_SIGNED/);

  expect(await stopCluster(place)).toHaveLength(1);
  expect(await findOwnProcesses(directory)).toEqual([]);
});
