import { expect, test } from "vitest";
import { parseArguments, UsageError } from "./arguments.ts";

test.each([
  [["--repeat", "0"], '--repeat takes a whole number from 1 to 10000, not "0"'],
  [["--fault-rate", "2"], '--fault-rate takes a number from 0 to 0.9, not "2"'],
  [["--brokers", "127.0.0.1:9092"], "--brokers and --registry go together"],
  [["--brokers", "nowhere", "--registry", "http://127.0.0.1:1"], '--brokers takes HOST:PORT, several separated by commas, not "nowhere"'],
  [["--brokers", "127.0.0.1:1", "--registry", "ftp://x"], '--registry takes an http or https URL, not "ftp://x"'],
  [["--driver", "rdkafka"], '--driver takes kafkajs or platformatic, not "rdkafka"'],
  [["--nonsense"], "--nonsense"],
  [["--seed", "-1"], "Option '--seed' argument is ambiguous; --help lists the options"],
  [["one", "two"], "one input file at most"],
])("what is wrong with the words %j is said in one sentence", (words, sentence) => {
  const parse = (): unknown => parseArguments(words);
  expect(parse).toThrow(UsageError);
  expect(parse).toThrow(sentence);
  expect(parse).not.toThrow("\n");
});

test("what pnpm puts before the words, and spaces between brokers, are left out", () => {
  expect(parseArguments(["--", "--help"])).toBe("help");
  expect(parseArguments(["--", "--brokers", "a:1, b:2", "--registry", "http://r"])).toMatchObject({
    services: { brokers: ["a:1", "b:2"], registryUrl: "http://r" },
    driver: "kafkajs",
    repeat: 1,
  });
});
