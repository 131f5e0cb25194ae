import { type ApiName, errorCodes, type MessageInput, type RequestTypes } from "@millrace/protocol";
import { createVirtualClock, seededRandom } from "@millrace/testing";
import { expect, test } from "vitest";
import { engineClient } from "../../test/support/engine-client.ts";
import { fullRequests } from "../../test/support/full-requests.ts";
import { createBrokerEngine } from "../index.ts";

const errorField = /^(errorCode|partitionErrorCode)$/;

/** The values of all fields for error codes, at any depth. */
function errorsIn(body: unknown): number[] {
  if (typeof body !== "object" || body === null || Buffer.isBuffer(body)) return [];
  return Object.entries(body).flatMap(([name, value]) => (errorField.test(name) ? [value as number] : errorsIn(value)));
}

test("an error that is asked for is in the answer of every version of every API that is served, and nothing has happened", async () => {
  const engine = createBrokerEngine({ clock: createVirtualClock(), random: seededRandom(1), topics: [{ name: "t", partitions: 2 }] });
  const call = engineClient(engine);
  const topicId = (await call("Metadata", { topics: [{ name: "t" }] }))!.topics[0]!.topicId;
  const fault = engine.faults.error("*", "COORDINATOR_LOAD_IN_PROGRESS");
  let answered = 0;
  for (const { api, minVersion, maxVersion } of engine.apis) {
    for (let version = api === "Produce" ? 3 : minVersion; version <= maxVersion; version++) {
      const body = (fullRequests[api] as (version: number, topicId: string) => MessageInput<RequestTypes[typeof api]>)(version, topicId);
      const answer = await call(api, body, { version });
      const found = errorsIn(answer).filter((code) => code !== errorCodes.NONE);
      expect(found.length, `${api} ${version}`).toBeGreaterThan(0);
      expect(new Set(found), `${api} ${version}`).toEqual(new Set([errorCodes.COORDINATOR_LOAD_IN_PROGRESS]));
      answered++;
    }
  }
  expect(fault.hits).toBe(answered);
  expect(answered).toBeGreaterThan(150);
  fault.undo();
  expect(engine.records("t")).toEqual([]);
  expect(engine.groups()).toEqual([]);
  expect((await call("Metadata", { topics: null }))!.topics.map(({ name }) => name)).toEqual(["t"]);
  engine.close();
});

test("errors stand where clients of each version look for them", async () => {
  const engine = createBrokerEngine({ clock: createVirtualClock(), topics: [{ name: "t", partitions: 2 }] });
  const call = engineClient(engine);
  const of = async <Api extends ApiName>(
    api: Api,
    body: MessageInput<RequestTypes[Api]>,
    version: number,
    error: keyof typeof errorCodes,
  ) => {
    const fault = engine.faults.error(api, error);
    const answer = await call(api, body, { version });
    fault.undo();
    return answer!;
  };
  const partitions = [0, 1].map((partition) => ({ partition, fetchOffset: 0, partitionMaxBytes: 1 }));
  const fetched = await of("Fetch", { topics: [{ topic: "t", partitions }] }, 11, "NOT_LEADER_OR_FOLLOWER");
  expect(fetched.errorCode).toBe(0);
  expect(fetched.responses[0]!.partitions.map(({ errorCode }) => errorCode)).toEqual([6, 6]);
  const session = await of("Fetch", { topics: [{ topic: "t", partitions }] }, 11, "FETCH_SESSION_ID_NOT_FOUND");
  expect(session).toMatchObject({ errorCode: 70, responses: [] });

  const topics = [{ name: "t", partitionIndexes: [0, 1] }];
  expect(await of("OffsetFetch", { groupId: "g", topics }, 1, "NOT_COORDINATOR")).toMatchObject({
    topics: [{ partitions: [{ errorCode: 16 }, { errorCode: 16 }] }],
  });
  expect(await of("OffsetFetch", { groupId: "g", topics }, 5, "NOT_COORDINATOR")).toMatchObject({ errorCode: 16, topics: [] });
  expect(await of("OffsetFetch", { groups: [{ groupId: "g", topics }] }, 8, "NOT_COORDINATOR")).toMatchObject({
    groups: [{ errorCode: 16, topics: [] }],
  });
  expect(await of("OffsetFetch", { groups: [{ groupId: "g", topics }] }, 8, "UNSTABLE_OFFSET_COMMIT")).toMatchObject({
    groups: [{ errorCode: 0, topics: [{ partitions: [{ errorCode: 88 }, { errorCode: 88 }] }] }],
  });

  const metadata = await of("Metadata", { topics: [{ name: "t" }] }, 5, "LEADER_NOT_AVAILABLE");
  expect(metadata).toMatchObject({ brokers: [{ nodeId: 1 }], topics: [{ name: "t", errorCode: 5, partitions: [] }] });
  expect(await of("Metadata", { topics: null }, 13, "REBOOTSTRAP_REQUIRED")).toMatchObject({ errorCode: 129, topics: [] });
  engine.close();
});
