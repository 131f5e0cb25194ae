import type { Consumer, Kafka } from "@millrace/kafka";
import { waitFor } from "@millrace/testing";
import { expect, onTestFinished, test } from "vitest";
import { type Clinic, openClinic } from "./support/clinic.ts";

/** A member of "billing" that reads "orders", once it is in. */
async function join({ broker }: Clinic, kafka: Kafka, assignors?: readonly ("cooperative-sticky" | "sticky")[]): Promise<Consumer> {
  const joined = Promise.withResolvers<void>();
  const consumer = kafka.consumer({ group: "billing", ...(assignors && { assignors }) });
  onTestFinished(() => consumer.close());
  await consumer.consume(["orders"], { onAssigned: () => joined.resolve(), onBatch: async () => {} });
  await joined.promise;
  await waitFor(() => broker.groups().some(({ state }) => state === "Stable"), { what: "the group" });
  return consumer;
}

test("finds group-assignor-differs: a member that was configured otherwise could not join", async () => {
  const clinic = await openClinic({ topics: [{ name: "orders", partitions: 2 }] });
  const consumer = await join(clinic, clinic.kafka, ["sticky"]);
  const { findings } = await clinic.examine({ config: { consumer: { group: "billing" } } });
  expect(findings).toMatchObject([
    {
      problem: "group-assignor-differs",
      severity: "error",
      subject: "group billing",
      evidence: { assignor: "sticky", configured: ["range", "RoundRobinAssigner"] },
    },
  ]);
  expect(await clinic.findings({ config: { consumer: { group: "billing", assignors: ["sticky"] } } })).toEqual([]);
  await consumer.close();
  expect(await clinic.findings({ groups: ["billing"] })).toEqual([]);
});

test("finds group-members-unknown: somebody else took the group's name, who may be made known", async () => {
  const clinic = await openClinic({ topics: [{ name: "orders", partitions: 2 }] });
  await join(clinic, clinic.kafka);
  expect(await clinic.findings({ groups: ["billing"] })).toEqual([]);
  await join(clinic, clinic.connect("somebody"));
  const { is_healthy, findings } = await clinic.examine({ config: { runtime: { group: "billing" } } });
  expect(is_healthy).toBe(true);
  expect(findings).toMatchObject([
    {
      problem: "group-members-unknown",
      severity: "warning",
      subject: "group billing",
      evidence: { members: [expect.stringMatching(/^somebody at /)], known: ["doctor-test"] },
    },
  ]);
  expect(await clinic.findings({ groups: ["billing"], knownClientIds: ["somebody"] })).toEqual([]);
  expect(clinic.broker.groups()).toMatchObject([{ members: [{}, {}] }]);
});

test("finds group-access-denied: who may not see a group cannot join it", async () => {
  const { broker, connect, findings } = await openClinic();
  await connect("before").admin().describeGroups(["billing"]);
  broker.faults.error("FindCoordinator", "GROUP_AUTHORIZATION_FAILED", { groupId: "billing" });
  expect(await findings({ groups: ["billing", "other"] })).toEqual(["group-access-denied of group billing"]);
});

test("finds transaction-timeout-above-maximum of any broker, and makes no producer for it", async () => {
  const clinic = await openClinic({ nodes: 2, transactions: { maxTimeoutMs: 100_000 } });
  const transactions = { transactionalId: "payments", transactionTimeoutMs: 100_001 };
  const { findings } = await clinic.examine({ config: { transactions } });
  expect(findings).toMatchObject(
    clinic.broker.brokers.map((address) => ({
      problem: "transaction-timeout-above-maximum",
      severity: "error",
      subject: `broker ${address}`,
      evidence: { transactionTimeoutMs: 100_001, maximumMs: 100_000 },
    })),
  );
  expect(await clinic.findings({ config: { transactions: { transactionTimeoutMs: 100_000 } } })).toEqual([]);
  expect(await clinic.findings({ config: { transactions: {} } })).toEqual([]);
  expect(clinic.broker.transactions()).toEqual([]);
});
