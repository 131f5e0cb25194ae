import { encodeDeadLetter } from "@millrace/retry";
import { checkHistory } from "@millrace/testing";
import { expect, test } from "vitest";
import { group, jobsTopic } from "../chaos-worker.ts";
import { letterTopic } from "../watch-copies.ts";
import { tellHistory } from "./tell-history.ts";

/** One record, of which two workers write a dead letter, the first of them at `firstAt`; it is killed at 100. */
function findings(firstAt: number): readonly string[] {
  const origin = { topic: jobsTopic, partition: 0, offset: 0, timestamp: 0 };
  const bytes = { key: null, value: Buffer.from("{}"), headers: [] };
  const failure = { type: "Error", message: "no", code: null, stack: null };
  const letters = (["first", "second"] as const).map((consumerId, offset) => {
    const message = encodeDeadLetter(letterTopic, {
      id: `${jobsTopic}/0/0/${group}`,
      origin,
      group,
      ...bytes,
      failure,
      disposition: "not-retryable",
      attempts: 1,
      redrives: 0,
      failedAt: 0,
      consumerId,
    });
    const timestamp = offset === 0 ? firstAt : 5_000;
    return { headers: [], ...message, topic: letterTopic, partition: 0, offset, timestamp };
  });
  const history = tellHistory({
    log: { records: (topic) => (topic === letterTopic ? letters : []), commits: [], nameOf: (topic) => topic },
    notes: new Map([["first", [{ at: 0, note: { kind: "worked" } }]]]),
    strikes: [{ at: 100, worker: "first", by: "killed" }],
    hasRounds: true,
  });
  history.record({ kind: "record-stored", id: "0/0", place: { topic: jobsTopic, partition: 0, offset: 0 }, chain: null, rank: 0 });
  return checkHistory(history.events).map(({ kind }) => kind);
}

test("a letter that was on its way when its worker was killed is an end from before the death, which may come again", () => {
  expect(findings(90)).toEqual([]);
  expect(findings(115)).toEqual([]);
});
