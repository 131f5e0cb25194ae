import { expect, test } from "vitest";
import { checkHistory } from "./check-history.ts";
import type { HistoryEvent, RecordSettled, RecordStored, TransactionEnded, WorkerStruck } from "./history-event.ts";

const stored = (offset: number, more: Partial<RecordStored> = {}): RecordStored => ({
  kind: "record-stored",
  id: `r${offset}`,
  place: { topic: "jobs", partition: 0, offset },
  chain: "k",
  rank: offset,
  ...more,
});
const settled = (worker: string, offset: number, more: Partial<RecordSettled> = {}): RecordSettled => ({
  kind: "record-settled",
  worker,
  place: { topic: "jobs", partition: 0, offset },
  outcome: "handled",
  ...more,
});
const committed = (offset: number, above?: readonly { from: number; to: number }[], transaction?: string): HistoryEvent => ({
  kind: "offset-committed",
  topic: "jobs",
  partition: 0,
  offset,
  above,
  transaction,
});
const struck = (worker: string, by: WorkerStruck["by"]): WorkerStruck => ({ kind: "worker-struck", worker, by });
const seen = (topic: string, offset: number): HistoryEvent => ({ kind: "record-seen", place: { topic, partition: 0, offset } });
const output = (offset: number, more: Partial<RecordStored> = {}): RecordStored =>
  stored(offset, { id: `o${offset}`, place: { topic: "out", partition: 0, offset }, chain: "out", ...more });
const ended = (outcome: TransactionEnded["outcome"], offsets?: TransactionEnded["offsets"]): TransactionEnded => ({
  kind: "transaction-ended",
  transaction: "t",
  outcome,
  offsets,
});
const kinds = (...events: HistoryEvent[]): string[] => checkHistory(events).map(({ kind }) => kind);

test("what a killed worker had handled and not committed may be handled again, once", () => {
  const life = [stored(0), settled("a", 0), struck("a", "killed"), settled("b", 0)];
  expect(kinds(...life)).toEqual([]);
  expect(kinds(...life, settled("b", 0))).toEqual(["duplicated"]);
  expect(kinds(...life, settled("c", 0))).toEqual(["duplicated"]);
  expect(kinds(...life, struck("b", "killed"), settled("c", 0))).toEqual([]);
});

test("what was committed before the kill may not be handled again, nor what the commit's metadata told of", () => {
  expect(kinds(stored(0), settled("a", 0), committed(1), struck("a", "killed"), settled("b", 0))).toEqual(["duplicated"]);
  expect(
    kinds(
      stored(0),
      stored(1, { chain: null }),
      settled("a", 1),
      committed(0, [{ from: 1, to: 2 }]),
      struck("a", "killed"),
      settled("b", 0),
      settled("b", 1),
    ),
  ).toEqual(["duplicated"]);
});

test("a copy that was handled may be handled again after a kill while the offsets do not tell that the record itself is settled", () => {
  const retried = { topic: "jobs.retry", partition: 0, offset: 0 };
  const again = { topic: "jobs.retry", partition: 0, offset: 1 };
  const life = [
    stored(0),
    stored(9, { id: "r0", place: retried }),
    stored(9, { id: "r0", place: again }),
    settled("a", 0, { outcome: "parked" }),
    settled("a", 0, { place: retried }),
  ];
  const end = [struck("a", "killed"), settled("b", 0, { outcome: "parked" }), settled("b", 0, { place: again })];
  const copies = { kind: "offset-committed", topic: "jobs.retry", partition: 0, offset: 1 } as const;
  expect(kinds(...life, copies, ...end)).toEqual([]);
  expect(kinds(...life, copies, committed(1), ...end)).toEqual(["duplicated"]);
  expect(kinds(...life, committed(1), ...end)).toEqual([]);
});

test("only the latest commit counts: one that no longer tells of a record replaces one that did", () => {
  const events = [stored(0), stored(1, { chain: null }), settled("a", 1), committed(0, [{ from: 1, to: 2 }]), committed(0)];
  expect(kinds(...events, struck("a", "killed"), settled("b", 0), settled("b", 1))).toEqual([]);
});

test("the kill of another worker excuses nothing, nor does one before the first end", () => {
  expect(kinds(stored(0), settled("a", 0), struck("b", "killed"), settled("c", 0))).toEqual(["duplicated"]);
  expect(kinds(stored(0), struck("a", "killed"), settled("a", 0), settled("b", 0))).toEqual(["duplicated"]);
});

test("a worker that is cut off may repeat what others have done, and they what it has, until it knows", () => {
  const cut = [stored(0), struck("a", "cut-off")];
  expect(kinds(...cut, settled("b", 0), committed(1), settled("a", 0))).toEqual([]);
  expect(kinds(...cut, settled("a", 0), settled("b", 0))).toEqual([]);
  expect(kinds(stored(0), settled("a", 0), struck("a", "cut-off"), settled("b", 0))).toEqual([]);
  expect(kinds(stored(0), settled("a", 0), committed(1), struck("a", "cut-off"), settled("b", 0))).toEqual(["duplicated"]);
  expect(kinds(...cut, settled("b", 0), committed(1), struck("a", "restored"), settled("a", 0))).toEqual(["duplicated"]);
});

test("what a worker ends though it had given it up may end again", () => {
  expect(kinds(stored(0), settled("a", 0, { isLate: true }), settled("b", 0))).toEqual([]);
  expect(kinds(stored(0), settled("b", 0), settled("a", 0, { isLate: true }))).toEqual([]);
  expect(kinds(stored(0), settled("b", 0), settled("a", 0, { isLate: true }), settled("c", 0), settled("c", 0))).toEqual(["duplicated"]);
});

test("a parked record comes to its end by its copy; without one it is lost", () => {
  const parked = [stored(0), settled("a", 0, { outcome: "parked" }), stored(9, { id: "r0" })];
  expect(kinds(...parked, settled("a", 9))).toEqual([]);
  expect(kinds(...parked)).toEqual(["lost"]);
  expect(kinds(...parked, settled("a", 9, { outcome: "dropped" }))).toEqual(["lost"]);
});

test("a record that was handled and whose copy is handled too is a duplicate; copies may be dropped", () => {
  expect(kinds(stored(0), stored(9, { id: "r0" }), settled("a", 0), settled("a", 9, { outcome: "dropped" }))).toEqual([]);
  expect(kinds(stored(0), stored(9, { id: "r0" }), settled("a", 0), settled("a", 9))).toEqual(["duplicated"]);
});

test("records that wait parked hold those behind them in their chain", () => {
  const events = [stored(0), stored(1), stored(9, { id: "r0", rank: 9 }), settled("a", 0, { outcome: "parked" })];
  expect(kinds(...events, settled("a", 9), settled("a", 1))).toEqual([]);
  expect(kinds(...events, settled("a", 1), settled("a", 9))).toEqual(["reordered"]);
});

test("readers outside: what they never see is lost, what they see at two places is there twice, in an order", () => {
  expect(kinds(output(0), output(1), seen("out", 0), seen("out", 1), seen("out", 1))).toEqual([]);
  expect(kinds(output(0), output(1), seen("out", 1), seen("out", 0))).toEqual(["reordered"]);
  expect(kinds(output(0), output(1), seen("out", 0))).toEqual(["lost"]);
  expect(kinds(output(0), output(1, { id: "o0" }), seen("out", 0), seen("out", 1))).toEqual(["duplicated"]);
});

test("what an aborted transaction has done counts as not done", () => {
  const aborted = [stored(0), settled("a", 0, { transaction: "t" }), output(0, { transaction: "t" }), ended("aborted")];
  expect(kinds(...aborted)).toEqual(["lost"]);
  expect(kinds(...aborted, settled("a", 0), committed(1))).toEqual([]);
  expect(kinds(...aborted, committed(1), settled("a", 0))).toEqual(["committed-too-far"]);
  expect(kinds(...aborted, settled("a", 0), seen("out", 0))).toEqual(["aborted-read"]);
});

test("a committed transaction is there whole", () => {
  const offsets = [{ topic: "jobs", partition: 0 }];
  const work = [stored(0), settled("a", 0, { transaction: "t" }), output(0, { transaction: "t" }), ended("committed", offsets)];
  expect(kinds(...work, committed(1, [], "t"), seen("out", 0))).toEqual([]);
  expect(kinds(...work, seen("out", 0))).toEqual(["torn-transaction"]);
  expect(kinds(...work, committed(1, [], "t"))).toEqual(["lost", "torn-transaction"]);
});

test("of a transaction of unknown fate everything is there or nothing, and what it has done counts if it is there", () => {
  const outputs = [output(0, { transaction: "t" }), output(1, { transaction: "t" }), ended("unknown")];
  expect(kinds(...outputs)).toEqual([]);
  expect(kinds(...outputs, seen("out", 0), seen("out", 1))).toEqual([]);
  expect(kinds(...outputs, seen("out", 0))).toEqual(["lost", "torn-transaction"]);
  expect(kinds(...outputs.slice(0, 2), seen("out", 1))).toEqual(["lost", "torn-transaction"]);
});

test("an aborted transaction whose offsets are committed is torn", () => {
  const events = [stored(0), settled("a", 0), ended("aborted", [{ topic: "jobs", partition: 0 }]), committed(1, [], "t")];
  expect(kinds(...events)).toEqual(["torn-transaction"]);
});

test("a finding names the record, what happened and the event", () => {
  expect(checkHistory([stored(0), settled("a", 0), committed(1), settled("b", 0)])).toEqual([
    { kind: "duplicated", message: "r0 was handled by b at jobs/0/0 after it had been handled by a at jobs/0/0", id: "r0", event: 3 },
  ]);
});
