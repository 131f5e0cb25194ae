import { strict as assert } from "node:assert";
import { KafkaError } from "../../kafka-error.ts";
import { type CellContext, text } from "../cell-context.ts";
import type { ConformanceCell } from "../conformance-cell.ts";
import { until } from "../until.ts";

const isNotEmpty = (error: unknown): boolean => KafkaError.is(error) && error.code === "GROUP_NOT_EMPTY";

/** Groups and their offsets, as an administrator sees and changes them. */
export const adminGroupCells: readonly ConformanceCell[] = [
  {
    name: "admin: groups are listed by state and type, and described in each state they pass through",
    requires: ["produce", "consumer-groups", "admin-groups"],
    async run({ admin, connect, consume, name, topic }) {
      const topicName = await topic({ partitions: 2 });
      const group = name("group");
      const state = async (): Promise<string> => (await admin.describeGroups([group]))[0]!.state;
      assert.equal(await state(), "dead");
      const gate = Promise.withResolvers<void>();
      const options = { group, heartbeatIntervalMs: 100, rebalanceTimeoutMs: 20_000 };
      const first = await consume(topicName, { ...options, kafka: connect() }, { onRevoked: () => gate.promise });
      await first.holds(2);
      assert.equal(await state(), "stable");
      // The group waits until the first member has let go.
      const second = await consume(topicName, { ...options, kafka: connect() });
      await until("a group that waits for a member", async () => (await state()) === "preparing_rebalance");
      const listed = async (states: readonly ["preparing_rebalance" | "empty"]): Promise<boolean> =>
        (await admin.listGroups({ states })).some((listing) => listing.group === group);
      assert.deepEqual([await listed(["preparing_rebalance"]), await listed(["empty"])], [true, false]);
      gate.resolve();
      await Promise.all([first.holds(1), second.holds(1)]);
      await until("a stable group", async () => (await state()) === "stable");
      const [described] = await admin.describeGroups([group]);
      assert.deepEqual([described!.type, described!.protocolType, described!.members.length], ["classic", "consumer", 2]);
      assert.ok(described!.protocol !== "" && described!.coordinator.host !== "");
      await Promise.all([first.consumer.close(), second.consumer.close()]);
      await until("an empty group", async () => (await state()) === "empty");
      const [listing] = (await admin.listGroups({ types: ["classic"], states: ["empty"] })).filter((found) => found.group === group);
      assert.deepEqual(listing, { group, state: "empty", type: "classic", protocolType: "consumer" });
      assert.deepEqual(await admin.deleteGroups([group, name("absent")]), [group]);
      assert.equal(await state(), "dead");
    },
  },
  {
    name: "admin: a group without members is moved to an offset, a time, the beginning and the end, after a dry run that changes nothing",
    requires: ["produce", "consumer-groups", "admin-groups"],
    async run({ admin, consume, kafka, name, topic }) {
      const topicName = await topic();
      const producer = kafka.producer();
      const start = Date.now() - 60_000;
      for (let index = 0; index < 5; index++) await producer.sendRaw({ ...text(topicName, `${index}`), timestamp: start + index * 100 });
      await producer.close();
      const group = name("group");
      await admin.setGroupOffsets(group, [{ topic: topicName, partition: 0, offset: 1, metadata: "by hand" }]);
      const stands = async (): Promise<number | undefined> => (await admin.groupOffsets(group))[0]?.offset;
      const targets = [
        [{ time: start + 150 }, 2],
        [{ time: new Date(start + 400) }, 4],
        [{ time: start + 60_000_000 }, 5],
        [{ offset: 3 }, 3],
        ["end", 5],
        ["beginning", 0],
      ] as const;
      let from = 1;
      for (const [to, target] of targets) {
        const plan = [{ topic: topicName, partition: 0, from, to: target, clamped: false }];
        assert.deepEqual(await admin.resetOffsets(group, { to, dryRun: true }), plan);
        assert.equal(await stands(), from);
        assert.deepEqual(await admin.resetOffsets(group, { to }), plan);
        assert.equal(await stands(), target);
        from = target;
      }
      const [clamped] = await admin.resetOffsets(group, { to: { offset: 99 }, topics: [topicName], dryRun: true });
      assert.deepEqual([clamped!.to, clamped!.clamped], [5, true]);

      await admin.resetOffsets(group, { to: { offset: 3 } });
      const reader = await consume(topicName, { group });
      await reader.hasValue("3");
      assert.equal(reader.values[0], "3");
      await assert.rejects(admin.resetOffsets(group, { to: "end" }), isNotEmpty);
      await assert.rejects(admin.setGroupOffsets(group, [{ topic: topicName, partition: 0, offset: 0, metadata: null }]), isNotEmpty);
    },
  },
  {
    name: "admin: a group's offsets are deleted, except of topics that its members read",
    requires: ["produce", "consumer-groups", "admin-groups"],
    async run({ admin, consume, name, topic }) {
      const [read, unread] = [await topic(), await topic()];
      const group = name("group");
      const places = [read, unread].map((each) => ({ topic: each, partition: 0 }));
      await admin.setGroupOffsets(
        group,
        places.map((place) => ({ ...place, offset: 0, metadata: null })),
      );
      const reader = await consume(read, { group });
      await reader.holds(1);
      await assert.rejects(admin.deleteGroupOffsets(group, places), isNotEmpty);
      assert.deepEqual(
        (await admin.groupOffsets(group)).map((offset) => offset.topic),
        [read],
      );
      await reader.consumer.close();
      await until("an empty group", async () => (await admin.describeGroups([group]))[0]!.state === "empty");
      await admin.deleteGroupOffsets(group, [places[0]!]);
      assert.deepEqual(await admin.groupOffsets(group), []);
    },
  },
  {
    name: "admin: members are removed from their group, those that are not there are no error, and who still runs comes back",
    requires: ["produce", "consumer-groups", "admin-groups"],
    async run(context) {
      const { admin, consume, name, topic } = context;
      const topicName = await topic();
      const group = name("group");
      const member = await consume(topicName, { group, heartbeatIntervalMs: 100 });
      await member.holds(1);
      const before = await onlyMember(context, group);
      assert.equal(await admin.removeMembers(group, { members: [{ memberId: "nobody" }, { groupInstanceId: "nobody" }] }), 0);
      assert.equal(await admin.removeMembers(group, { reason: "conformance" }), 1);
      await until("the member under another id", async () => {
        const [described] = await admin.describeGroups([group]);
        return described!.state === "stable" && described!.members.length === 1 && described!.members[0]!.memberId !== before;
      });
      await member.holds(1);
      assert.equal(await admin.removeMembers(name("absent")), 0);
    },
  },
];

async function onlyMember({ admin }: CellContext, group: string): Promise<string> {
  const [described] = await admin.describeGroups([group]);
  assert.equal(described!.members.length, 1);
  return described!.members[0]!.memberId;
}
