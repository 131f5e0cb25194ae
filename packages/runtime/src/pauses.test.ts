import fc from "fast-check";
import { expect, test } from "vitest";
import { Pauses } from "./pauses.ts";

const topics = ["a", "b"];
const partitions = [0, 1, 2];

test("what was said last of a partition or of its topic holds, and nothing is kept of a topic that goes on", () => {
  const commands = fc.array(
    fc.record({
      pauses: fc.boolean(),
      topic: fc.constantFrom(...topics),
      partition: fc.option(fc.constantFrom(...partitions), { nil: undefined }),
    }),
    { maxLength: 12 },
  );
  fc.assert(
    fc.property(commands, (given) => {
      const pauses = new Pauses();
      const model = new Map<string, boolean>();
      // Partition 9 stands for those that nobody names.
      for (const { pauses: isPause, topic, partition } of given) {
        if (isPause) pauses.pause(topic, partition);
        else pauses.resume(topic, partition);
        for (const number of partition === undefined ? [...partitions, 9] : [partition]) model.set(`${topic}/${number}`, isPause);
      }
      for (const topic of topics) {
        const expected = [...partitions, 9].map((partition) => model.get(`${topic}/${partition}`) ?? false);
        expect([...partitions, 9].map((partition) => pauses.isPaused(topic, partition))).toEqual(expected);
        expect(pauses.touches(topic)).toBe(expected.includes(true));
      }
    }),
  );
});
