import { randomBytes } from "node:crypto";
import { createKafka } from "@millrace/kafka";
import { waitFor } from "@millrace/testing";
import { Consumer, MessagesStreamModes } from "@platformatic/kafka";
import { expect, inject, onTestFinished, test } from "vitest";
import { platformatic } from "../src/index.ts";

test("a group whose broker assigns (KIP-848) is listed, described with its members, reset when it is empty, and deleted", async () => {
  const kafka = createKafka({ driver: platformatic({ brokers: inject("kafkaBrokers") }) });
  onTestFinished(() => kafka.close());
  const admin = kafka.admin();
  const suffix = randomBytes(6).toString("hex");
  const [topic, group] = [`assigned-${suffix}`, `assigned-group-${suffix}`];
  await admin.createTopics([{ name: topic, partitions: 2, replicationFactor: 1 }]);
  const member = new Consumer({
    clientId: "assigned-member",
    groupId: group,
    groupProtocol: "consumer",
    bootstrapBrokers: inject("kafkaBrokers"),
    autocommit: false,
  });
  const closeMember = async (): Promise<void> => {
    await member.close(true).catch(() => undefined);
  };
  onTestFinished(async () => {
    await closeMember();
    await admin.deleteTopics([topic]);
  });
  const stream = await member.consume({ topics: [topic], mode: MessagesStreamModes.EARLIEST });
  stream.on("error", () => undefined);
  const described = async () => (await admin.describeGroups([group]))[0];
  await waitFor(async () => (await described())?.members[0]?.assignment.length === 2, { timeoutMs: 20_000 });
  expect(await described()).toMatchObject({ group, type: "consumer", protocolType: "consumer", state: "stable" });
  expect((await described())?.members).toMatchObject([{ clientId: "assigned-member", groupInstanceId: null }]);
  const listed = async (types: readonly string[]) => (await admin.listGroups({ types })).some((found) => found.group === group);
  expect([await listed(["consumer"]), await listed(["classic"])]).toEqual([true, false]);
  const reset = { to: "beginning", topics: [topic] } as const;
  await expect(admin.resetOffsets(group, reset)).rejects.toMatchObject({ code: "GROUP_NOT_EMPTY" });
  const place = { topic, partition: 0, offset: 0, metadata: null };
  await expect(admin.setGroupOffsets(group, [place])).rejects.toMatchObject({ code: "GROUP_NOT_EMPTY" });

  await closeMember();
  await waitFor(async () => (await described())?.state === "empty", { timeoutMs: 60_000 });
  expect(await admin.resetOffsets(group, reset)).toHaveLength(2);
  expect(await admin.deleteGroups([group])).toEqual([group]);
  expect((await described())?.state).toBe("dead");
});
