import { expect, test } from "vitest";
import { KafkaError } from "../index.ts";
import { askInBatches } from "./ask-in-batches.ts";

function setUp(answer: (name: string) => string | undefined) {
  const asked: number[] = [];
  const ask = askInBatches(async (names) => {
    asked.push(names.length);
    return new Map(names.flatMap((name) => [answer(name)].flatMap((found) => (found === undefined ? [] : [[name, found] as const]))));
  });
  return { asked, ask };
}

const names = Array.from({ length: 250 }, (_, index) => `n${index}`);

test("what is asked in one turn is asked together, a hundred at a time; what is left out of the answer is undefined", async () => {
  const { asked, ask } = setUp((name) => (name === "n7" ? undefined : name.toUpperCase()));
  const answers = await Promise.all(names.map(ask));
  expect(answers).toEqual(names.map((name) => (name === "n7" ? undefined : name.toUpperCase())));
  expect(asked).toEqual([100, 100, 50]);
  expect(await ask("n1")).toBe("N1");
  expect(asked.slice(3)).toEqual([1]);
});

test("one that cannot be answered fails alone; where nobody answers all fail at once", async () => {
  const denied = (name: string) => new KafkaError({ code: "KAFKA_BROKER_ERROR", message: `no ${name}`, topic: name });
  const some = setUp((name) => {
    if (name === "n3") throw denied(name);
    return name;
  });
  const looks = await Promise.allSettled(names.slice(0, 5).map(some.ask));
  expect(looks.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "fulfilled", "rejected", "fulfilled"]);
  expect(some.asked).toEqual([5, 1, 1, 1, 1, 1]);
  const none = setUp(() => {
    throw new KafkaError({ code: "KAFKA_UNREACHABLE", message: "nobody" });
  });
  const failures = await Promise.allSettled(names.slice(0, 5).map(none.ask));
  expect(failures.every(({ status }) => status === "rejected")).toBe(true);
  expect(none.asked).toEqual([5]);
});
