import { expect, test } from "vitest";
import { parseArguments } from "./parse-arguments.ts";
import { startUpPage } from "./start-up-page.ts";

test("without arguments it is one broker on Kafka's port that makes topics when they are named", () => {
  expect(parseArguments([])).toEqual({
    kind: "start",
    options: { port: 9092, host: "127.0.0.1", nodes: 1, firstNodeId: 1, defaultPartitions: 1, autoCreateTopics: true, topics: [] },
  });
});

test("arguments become options, with a space or an equals sign", () => {
  const words = ["--port=0", "--host", "localhost", "--partitions", "3", "--no-auto-create", "--topic", "a", "--topic=b:6", "--nodes", "1"];
  expect(parseArguments(words)).toEqual({
    kind: "start",
    options: {
      port: 0,
      host: "localhost",
      nodes: 1,
      firstNodeId: 1,
      defaultPartitions: 3,
      autoCreateTopics: false,
      topics: [{ name: "a" }, { name: "b", partitions: 6 }],
    },
  });
  expect(parseArguments(["--no-auto-create", "--auto-create"])).toMatchObject({ options: { autoCreateTopics: true } });
  expect(parseArguments(["--port", "1", "-h"])).toEqual({ kind: "help" });
});

test.each([
  [["--nodes", "many"], '--nodes must be a whole number, not "many"'],
  [["--nodes", "2", "--ports", "9092;9095"], "--ports must look like"],
  [["--nodes", "2", "--ports", "9092,9095", "--port", "9092"], "--port and --ports cannot both be given"],
  [["--first-node-id", "one"], '--first-node-id must be a whole number, not "one"'],
  [["--port", "abc"], '--port must be a whole number, not "abc"'],
  [["--port", "-1"], "--port"],
  [["--port"], "--port needs a value"],
  [["--no-port"], "--port needs a value"],
  [["--auto-create=false"], "--no-auto-create turns it off"],
  [["--topic", "a:b"], 'not "a:b"'],
  [["--verbose"], "--verbose is not an option"],
  [["9092"], '"9092" is not an option'],
])("%j is refused with a reason", (words, reason) => {
  const command = parseArguments(words);
  expect(command.kind === "refuse" ? command.problems.join("\n") : command).toContain(reason);
});

test("several nodes have the ports after the first one, or each its own", () => {
  expect(parseArguments(["--nodes", "3"])).toMatchObject({ options: { port: 9092, nodes: 3, firstNodeId: 0 } });
  expect(parseArguments(["--nodes", "3", "--first-node-id", "1"])).toMatchObject({ options: { firstNodeId: 1 } });
  const { options } = parseArguments(["--nodes", "3", "--ports", "9092,9095,9098"]) as { options: object };
  expect(options).toMatchObject({ ports: [9092, 9095, 9098], nodes: 3 });
  expect(options).not.toHaveProperty("port");
  expect(startUpPage({ brokers: ["a:1", "a:2"] }, {})).toContain("2 brokers of");
});

test("the start-up page says where the broker is and what becomes of topics", () => {
  const brokers = ["[::1]:9092"];
  const page = startUpPage({ brokers }, { autoCreateTopics: false, topics: [{ name: "orders", partitions: 6 }, { name: "paid" }] });
  expect(page).toContain('new Kafka({ brokers: ["[::1]:9092"] })');
  expect(page).toContain("orders (6 partitions), paid (1 partition); others are made only when they are created");
  expect(startUpPage({ brokers }, {})).toContain("made when they are named, with 1 partition\n");
});
