import { batchesIn, decodeRecordBatch, type ResponseTypes } from "@millrace/protocol";
import { createVirtualClock, seededRandom } from "@millrace/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import { batchOf } from "../../test/support/batch.ts";
import { engineClient } from "../../test/support/engine-client.ts";
import { createBrokerEngine } from "./broker-engine.ts";
import { FetchSessions } from "./fetch-sessions.ts";

const partitions = 4;

function setUp() {
  const engine = createBrokerEngine({ clock: createVirtualClock(), random: seededRandom(3), topics: [{ name: "t", partitions }] });
  const call = engineClient(engine);
  let produced = 0;
  return {
    call,
    produce: async (index: number, count: number) => {
      const values = Array.from({ length: count }, () => String(produced++));
      await call(
        "Produce",
        { acks: -1, timeoutMs: 1_000, topicData: [{ name: "t", partitionData: [{ index, records: batchOf(values, { timestamp: -1 }) }] }] },
        { version: 9 },
      );
    },
    fetch: async (
      session: { readonly sessionId: number; readonly sessionEpoch: number },
      asked: ReadonlyMap<number, number>,
      forgotten: number[] = [],
    ) => {
      const answer = await call(
        "Fetch",
        {
          maxWaitMs: 0,
          minBytes: 1,
          maxBytes: 1e6,
          ...session,
          topics: [
            { topic: "t", partitions: [...asked].map(([partition, fetchOffset]) => ({ partition, fetchOffset, partitionMaxBytes: 200 })) },
          ],
          forgottenTopicsData: forgotten.length === 0 ? [] : [{ topic: "t", partitions: forgotten }],
        },
        { version: 12 },
      );
      return answer!;
    },
  };
}

/** What a consumer takes from an answer, and where it stands then. */
function take(answer: ResponseTypes["Fetch"], positions: Map<number, number>, seen: Map<number, string[]>): void {
  for (const { partitions: answered } of answer.responses) {
    for (const { partitionIndex, records } of answered) {
      const buffer = records ?? Buffer.alloc(0);
      for (const { at } of batchesIn(buffer)) {
        for (const record of decodeRecordBatch(buffer, at).records) {
          if (record.offset < positions.get(partitionIndex)!) continue;
          positions.set(partitionIndex, record.offset + 1);
          seen.set(partitionIndex, [...(seen.get(partitionIndex) ?? []), String(record.value)]);
        }
      }
    }
  }
}

test("a session gives the same records as fetches without one, whatever partitions come and go", async () => {
  const step = fc.oneof(
    fc.record({ produce: fc.nat(partitions - 1), count: fc.integer({ min: 1, max: 4 }) }),
    fc.record({ add: fc.nat(partitions - 1) }),
    fc.record({ remove: fc.nat(partitions - 1) }),
    fc.constant("fetch" as const),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const { produce, fetch } = setUp();
      const within = {
        positions: new Map<number, number>(),
        told: new Map<number, number>(),
        seen: new Map<number, string[]>(),
        sessionId: 0,
        sessionEpoch: 0,
      };
      const without = { positions: new Map<number, number>(), seen: new Map<number, string[]>() };
      const fetchBoth = async (): Promise<void> => {
        const news = new Map([...within.positions].filter(([index, position]) => within.told.get(index) !== position));
        const forgotten = [...within.told.keys()].filter((index) => !within.positions.has(index));
        const answer = await fetch(within, news, forgotten);
        expect(answer.errorCode).toBe(0);
        within.told = new Map(within.positions);
        within.sessionId = answer.sessionId;
        within.sessionEpoch = answer.sessionId === 0 ? 0 : within.sessionEpoch + 1;
        // A session that has ended begins anew, with everything.
        if (answer.sessionId === 0) within.told.clear();
        take(answer, within.positions, within.seen);
        take(await fetch({ sessionId: 0, sessionEpoch: -1 }, without.positions), without.positions, without.seen);
      };
      for (const one of steps) {
        if (one === "fetch") await fetchBoth();
        else if ("produce" in one) await produce(one.produce, one.count);
        else if ("add" in one) {
          for (const positions of [within.positions, without.positions]) positions.set(one.add, positions.get(one.add) ?? 0);
        } else for (const reader of [within, without]) reader.positions.delete(one.remove);
        if (typeof one === "object" && "remove" in one) for (const reader of [within, without]) reader.seen.delete(one.remove);
      }
      for (let round = 0; round < 60; round++) await fetchBoth();
      expect(within.seen).toEqual(without.seen);
      expect(within.positions).toEqual(without.positions);
    }),
    { numRuns: 60 },
  );
});

test("sessions are bounded: one that is not used makes way, and while all are used there is no new one", async () => {
  const clock = createVirtualClock();
  const sessions = new FetchSessions(clock, seededRandom(1));
  const topics = [{ topic: "t", topicId: "", partitions: [{ partition: 0 }] }];
  const ask = (sessionId: number, sessionEpoch: number) =>
    sessions.contextOf({
      api: "Fetch",
      version: 12,
      clientId: null,
      connection: { id: 1 },
      body: { sessionId, sessionEpoch, topics, forgottenTopicsData: [] } as never,
    });
  const first = ask(0, 0);
  if (first.kind !== "full") throw new Error("there is room");
  for (let count = 1; count < 1_000; count++) expect(ask(0, 0).kind).toBe("full");
  expect(ask(0, 0).kind).toBe("sessionless");
  await clock.advance(100_000);
  expect(ask(first.session.id, 1).kind).toBe("incremental");
  await clock.advance(30_000);
  expect(ask(0, 0).kind).toBe("full");
  expect(sessions.size).toBe(1_000);
  expect(ask(first.session.id, 2).kind).toBe("incremental");
  expect(ask(first.session.id, -1).kind).toBe("sessionless");
  expect(ask(first.session.id, 3)).toEqual({ kind: "refused", error: "FETCH_SESSION_ID_NOT_FOUND" });
});
