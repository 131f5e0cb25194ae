import { strict as assert } from "node:assert";
import { KafkaError } from "../../kafka-error.ts";
import { type CellContext, text } from "../cell-context.ts";
import type { ConformanceCell } from "../conformance-cell.ts";
import type { RecordingConsumer } from "../recording-consumer.ts";
import { until } from "../until.ts";

const compareTexts = (a: string, b: string): number => (a < b ? -1 : 1);

/** What a member holds, as short texts. */
function held({ consumer }: RecordingConsumer, topics: readonly string[]): readonly string[] {
  return consumer
    .assignment()
    .map(({ topic, partition }) => `${topics.indexOf(topic)}-${partition}`)
    .sort(compareTexts);
}

/** Whoever was given something by everybody's word, in the order of their member ids. */
function byMemberId(members: readonly RecordingConsumer[]): readonly RecordingConsumer[] {
  const id = ({ consumer }: RecordingConsumer): string => consumer.groupMetadata()!.memberId;
  return [...members].sort((a, b) => (id(a) < id(b) ? -1 : 1));
}

const quick = { heartbeatIntervalMs: 100, rebalanceTimeoutMs: 10_000 } as const;

/** Sends to every partition in turn, until it is stopped; gives how many it sent. */
async function flow({ kafka }: CellContext, topic: string, partitions: number): Promise<() => Promise<number>> {
  const producer = kafka.producer();
  const stop = new AbortController();
  let sent = 0;
  const sending = (async () => {
    while (!stop.signal.aborted) {
      await Promise.all(Array.from({ length: partitions }, (_, partition) => producer.sendRaw(text(topic, `${sent++}`, partition))));
    }
  })();
  return async () => {
    stop.abort();
    await sending;
    return sent;
  };
}

/** Who a member of a group is, and how partitions come to it. */
export const memberCells: readonly ConformanceCell[] = [
  {
    name: "two members and two topics of three partitions: range and round robin give Kafka's splits, by the assignor that was chosen",
    requires: ["consumer-groups"],
    async run({ connect, consume, name, topic }) {
      const topics = [await topic({ partitions: 3 }), await topic({ partitions: 3 })].sort();
      const splits = {
        range: [
          ["0-0", "0-1", "1-0", "1-1"],
          ["0-2", "1-2"],
        ],
        roundrobin: [
          ["0-0", "0-2", "1-1"],
          ["0-1", "1-0", "1-2"],
        ],
      };
      for (const assignor of ["range", "roundrobin"] as const) {
        const group = name(assignor);
        const members = await Promise.all([1, 2].map(() => consume(topics, { kafka: connect(), group, assignors: [assignor], ...quick })));
        await until("a split between two", () => members.every(({ consumer }) => [2, 3, 4].includes(consumer.assignment().length)));
        assert.deepEqual(
          byMemberId(members).map((member) => held(member, topics)),
          splits[assignor],
        );
        assert.deepEqual(
          members.map(({ consumer }) => consumer.groupMetadata()!.protocol),
          [assignor, assignor],
        );
        await Promise.all(members.map(({ consumer }) => consumer.close()));
      }
    },
  },
  {
    name: "groupMetadata is what the group says: ids, one generation, one leader; null before and after",
    requires: ["consumer-groups"],
    async run({ admin, connect, consume, name, topic }) {
      const topicName = await topic({ partitions: 2 });
      const group = name("group");
      const members = await Promise.all([1, 2].map(() => consume(topicName, { kafka: connect(), group, ...quick })));
      await Promise.all(members.map((member) => member.holds(1)));
      const standings = members.map(({ consumer }) => consumer.groupMetadata()!);
      assert.equal(standings.filter(({ isLeader }) => isLeader).length, 1);
      assert.equal(standings[0]!.generationId, standings[1]!.generationId);
      const [described] = await admin.describeGroups([group]);
      assert.deepEqual(described!.members.map(({ memberId }) => memberId).sort(), standings.map(({ memberId }) => memberId).sort());
      for (const { memberId, assignment, ...standing } of standings) {
        assert.deepEqual(assignment, described!.members.find((member) => member.memberId === memberId)!.assignment);
        assert.deepEqual([standing.group, standing.groupInstanceId], [group, null]);
      }
      await Promise.all(members.map(({ consumer }) => consumer.close()));
      assert.deepEqual(
        members.map(({ consumer }) => consumer.groupMetadata()),
        [null, null],
      );
    },
  },
  {
    name: "a static member that is closed and started again within its session gets back what it held, and nobody rebalances",
    requires: ["produce", "consumer-groups", "static-members"],
    demand: (kafka) => kafka.consumer({ group: "group", groupInstanceId: "one" }),
    async run({ admin, connect, consume, fill, name, topic }) {
      const topicName = await topic({ partitions: 4 });
      const group = name("group");
      const join = async (groupInstanceId: string): Promise<RecordingConsumer> =>
        await consume(topicName, { kafka: connect(), group, groupInstanceId, sessionTimeoutMs: 20_000, ...quick });
      const [one, two] = await Promise.all([join("one"), join("two")]);
      await Promise.all([one.holds(2), two.holds(2)]);
      const before = { one: held(one, [topicName]), generationId: two.consumer.groupMetadata()!.generationId };
      const claims = two.consumer.assignment();
      await one.consumer.close();
      assert.deepEqual(one.revoked.at(-1)!.reason, "close");
      assert.equal((await admin.describeGroups([group]))[0]!.members.length, 2);
      const again = await join("one");
      await again.holds(2);
      assert.deepEqual(held(again, [topicName]), before.one);
      assert.notEqual(again.consumer.groupMetadata()!.memberId, "");
      assert.equal(again.consumer.groupMetadata()!.groupInstanceId, "one");
      assert.equal(again.consumer.groupMetadata()!.generationId, before.generationId);
      for (let partition = 0; partition < 4; partition++) await fill(topicName, [`to ${partition}`], partition);
      await Promise.all([again.hasRecords(2), two.hasRecords(2)]);
      // Not even for a moment.
      assert.deepEqual(two.consumer.assignment(), claims);
      const [claim] = again.consumer.assignment();
      assert.deepEqual(await again.consumer.commit([{ claim: claim!, offset: 1 }]), { stale: [] });
    },
  },
  {
    name: "a second static member of the same name takes over, and the first one stops with FENCED_INSTANCE_ID",
    requires: ["consumer-groups", "static-members"],
    async run({ connect, consume, name, topic }) {
      const topicName = await topic();
      const options = { group: name("group"), groupInstanceId: "one", ...quick };
      const first = await consume(topicName, { kafka: connect(), ...options });
      const [claim] = await first.holds(1);
      const second = await consume(topicName, { kafka: connect(), ...options });
      await second.holds(1);
      const failure = await first.fails();
      assert.ok(KafkaError.is(failure) && failure.kafkaError === "FENCED_INSTANCE_ID", String(failure));
      assert.ok(claim!.signal.aborted);
      assert.equal(first.consumer.groupMetadata(), null);
      assert.deepEqual(await second.consumer.commit([{ claim: second.consumer.assignment()[0]!, offset: 0 }]), { stale: [] });
    },
  },
  {
    name: "cooperative rebalancing: only what moves is revoked, what stays is delivered and committed all the time, and nothing is lost",
    requires: ["produce", "consumer-groups", "cooperative-rebalance"],
    demand: (kafka) => kafka.consumer({ group: "group", assignors: ["cooperative-sticky"] }),
    async run(context) {
      const { connect, consume, name, topic } = context;
      const partitions = 6;
      const topicName = await topic({ partitions });
      const group = name("group");
      const stale: unknown[] = [];
      const join = async (): Promise<RecordingConsumer> => {
        const member: RecordingConsumer = await consume(
          topicName,
          { kafka: connect(), group, assignors: ["cooperative-sticky"], ...quick },
          {
            onBatch: async ({ claim, nextOffset }) => {
              stale.push(...(await member.consumer.commit([{ claim, offset: nextOffset }])).stale);
            },
          },
        );
        return member;
      };
      const stop = await flow(context, topicName, partitions);
      try {
        const first = await join();
        const before = await first.holds(6);
        await first.hasRecords(60);
        const second = await join();
        await Promise.all([first.holds(3), second.holds(3)]);
        const kept = first.consumer.assignment();
        assert.ok(
          kept.every((claim) => before.includes(claim)),
          "a partition that stayed got a new claim",
        );
        const moved = first.revoked.flatMap(({ claims }) => claims.map(({ partition }) => `0-${partition}`));
        assert.deepEqual(moved.toSorted(compareTexts), held(second, [topicName]));
        await second.hasRecords(30);
        // Joined again by the leaving of another one: the kept ones go on.
        await first.consumer.close();
        const claims = second.consumer.assignment();
        await second.holds(6);
        assert.ok(claims.every((claim) => second.consumer.assignment().includes(claim)));
        const sent = await stop();
        const seen = (): number => new Set([...first.values, ...second.values]).size;
        await until(`all ${sent} records (${seen()} were handled)`, () => seen() === sent);
        assert.equal(first.values.length + second.values.length, sent, "records were handled twice");
        assert.deepEqual(stale, []);
        assert.deepEqual(second.revoked, []);
      } finally {
        await stop();
      }
    },
  },
  {
    name: "cooperative rebalancing: a partition that stays is read while another member holds the rebalance up",
    requires: ["produce", "consumer-groups", "cooperative-rebalance"],
    async run({ connect, consume, fill, name, topic }) {
      const topicName = await topic({ partitions: 6 });
      const options = { group: name("group"), assignors: ["cooperative-sticky"], ...quick } as const;
      const gate = Promise.withResolvers<void>();
      try {
        const first = await consume(topicName, { kafka: connect(), ...options });
        await first.holds(6);
        const second = await consume(topicName, { kafka: connect(), ...options }, { onRevoked: async () => await gate.promise });
        await Promise.all([first.holds(3), second.holds(3)]);
        // Both must give one up for the third; the second one takes its time, and the first one waits for it at the broker.
        const third = await consume(topicName, { kafka: connect(), ...options });
        await first.holds(2);
        await until("the second member's revocation", () => second.revoked.length === 1);
        const [stays] = first.consumer.assignment();
        for (const value of ["one", "two", "three"]) {
          await fill(topicName, [value], stays!.partition);
          await first.hasValue(value);
        }
        assert.deepEqual(await first.consumer.commit([{ claim: stays!, offset: 3 }]), { stale: [] });
        assert.deepEqual(third.consumer.assignment(), []);
        gate.resolve();
        await third.holds(2);
        assert.ok(first.consumer.assignment().includes(stays!));
        assert.deepEqual(await first.consumer.commit([{ claim: stays!, offset: 2 }]), { stale: [] });
      } finally {
        gate.resolve();
      }
    },
  },
];
