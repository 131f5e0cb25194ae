import { strict as assert } from "node:assert";
import type { ConfigDescription } from "../../driver/admin-configs.ts";
import { KafkaError } from "../../kafka-error.ts";
import type { ConformanceCell } from "../conformance-cell.ts";
import { until } from "../until.ts";

const entry = ({ configs }: ConfigDescription, name: string) => configs.find((config) => config.name === name);

/** Configs, the cluster itself, and what several items of one call become. */
export const adminConfigCells: readonly ConformanceCell[] = [
  {
    name: "admin: configs of topics are told with where they come from, and changed one by one",
    requires: ["produce", "admin-configs"],
    async run({ admin, topic }) {
      const name = await topic({ configs: { "retention.ms": "60000" } });
      const resource = { type: "topic", name } as const;
      const describe = async (): Promise<ConfigDescription> => {
        const [described] = await admin.describeConfigs([resource], { includeSynonyms: true });
        return described!;
      };
      const before = await describe();
      const retention = entry(before, "retention.ms")!;
      assert.deepEqual(
        [retention.value, retention.source, retention.isDefault, retention.isSensitive, retention.isReadOnly],
        ["60000", "topic", false, false, false],
      );
      assert.deepEqual(retention.synonyms[0], { name: "retention.ms", value: "60000", source: "topic" });
      assert.deepEqual([entry(before, "flush.ms")!.source, entry(before, "flush.ms")!.isDefault], ["default", true]);

      const change = { ...resource, set: { "max.message.bytes": "2000" }, append: { "cleanup.policy": "compact" } };
      await admin.alterConfigs([change], { validateOnly: true });
      assert.deepEqual(await describe(), before);
      await admin.alterConfigs([change]);
      await until("the changed configs", async () => entry(await describe(), "max.message.bytes")!.value === "2000");
      const values = (await admin.describeTopicConfigs([name])).get(name)!;
      assert.deepEqual([values["cleanup.policy"], values["retention.ms"]], ["delete,compact", "60000"]);
      await admin.alterConfigs([{ ...resource, unset: ["retention.ms"], subtract: { "cleanup.policy": "delete" } }]);
      await until("the configs that were taken back", async () => entry(await describe(), "retention.ms")!.source !== "topic");
      const [only] = await admin.describeConfigs([resource], { names: ["cleanup.policy"], includeDocumentation: true });
      assert.deepEqual(
        only!.configs.map(({ name: config, value, synonyms }) => [config, value, synonyms]),
        [["cleanup.policy", "compact", []]],
      );
      assert.equal(typeof only!.configs[0]!.documentation, "string");
    },
  },
  {
    name: "admin: configs of a broker are told and changed; what cannot be is refused by name",
    requires: ["produce", "admin-configs"],
    async run({ admin }) {
      const { brokers } = await admin.describeCluster();
      const resource = { type: "broker", name: String(brokers[0]!.id) } as const;
      const names = ["node.id", "log.cleaner.backoff.ms"];
      const [described] = await admin.describeConfigs([resource], { names });
      const nodeId = entry(described!, "node.id")!;
      assert.deepEqual([nodeId.value, nodeId.isReadOnly], [resource.name, true]);
      assert.equal(entry(described!, "log.cleaner.backoff.ms")!.isReadOnly, false);
      const refused = (error: unknown): boolean => KafkaError.is(error) && error.kafkaError === "INVALID_REQUEST";
      await assert.rejects(admin.alterConfigs([{ ...resource, set: { "node.id": "77" } }]), refused);
      // To what it is by default, since others may use the cluster.
      const set = { "log.cleaner.backoff.ms": "15000" };
      await admin.alterConfigs([{ ...resource, set }], { validateOnly: true });
      await admin.alterConfigs([{ ...resource, set }]);
      await until("the broker's own value", async () => {
        const [changed] = await admin.describeConfigs([resource], { names });
        return entry(changed!, "log.cleaner.backoff.ms")!.value === "15000";
      });
      await admin.alterConfigs([{ ...resource, unset: Object.keys(set) }]);
    },
  },
  {
    name: "admin: the cluster is told with its brokers, and every partition is led by one of them",
    requires: ["produce"],
    async run({ target, admin, topic }) {
      const { replicationFactor = 1 } = target;
      const name = await topic({ partitions: 2 });
      const { clusterId, controllerId, brokers } = await admin.describeCluster();
      const ids = brokers.map(({ id }) => id);
      assert.ok(clusterId !== null && clusterId.length > 0);
      assert.ok(ids.includes(controllerId), `the controller ${controllerId} is none of the brokers ${ids.join()}`);
      for (const { host, port, rack } of brokers) assert.ok(host !== "" && port >= 0 && (rack === null || rack !== ""));
      const described = (await admin.describeTopic(name))!;
      assert.deepEqual([described.partitionCount, described.replicationFactor, described.error], [2, replicationFactor, null]);
      for (const { leader, error } of described.partitions) assert.deepEqual([ids.includes(leader), error], [true, null]);
      assert.equal(typeof described.configs["retention.ms"], "string");
      assert.equal(await admin.describeTopic(`${name}-absent`), null);
    },
  },
  {
    name: "admin: the quorum is told with its leader, who votes and tells the time",
    requires: ["produce"],
    async run({ admin }) {
      const { leaderId, leaderEpoch, highWatermark, voters, observers } = await admin.describeQuorum();
      const ids = voters.map(({ id }) => id);
      assert.ok(ids.includes(leaderId), `the leader ${leaderId} is none of the voters ${ids.join()}`);
      assert.ok(leaderEpoch > 0 && highWatermark >= 0);
      const leader = voters.find(({ id }) => id === leaderId)!;
      assert.ok(leader.lastFetchAt !== null && leader.lastFetchAt === leader.lastCaughtUpAt);
      for (const { id, logEndOffset } of observers) assert.ok(!ids.includes(id) && logEndOffset >= 0);
    },
  },
  {
    name: "admin: what may be done with a topic is told where that is asked for",
    requires: ["produce"],
    async run({ admin, name, topic }) {
      const topicName = await topic();
      const [unasked] = await admin.describeTopics([topicName]);
      assert.equal(unasked!.authorizedOperations, null);
      const [asked, ...others] = await admin.describeTopics([topicName, name("absent")], { includeAuthorizedOperations: true });
      assert.deepEqual(others, []);
      const all = ["alter", "alter-configs", "create", "delete", "describe", "describe-configs", "read", "write"];
      assert.deepEqual([...(asked!.authorizedOperations ?? [])].sort(), all);
    },
  },
  {
    name: "admin: of several items each succeeds or fails by itself, and one error names those that failed",
    requires: ["produce", "delete-records", "admin-configs"],
    async run({ admin, fill, name, topic }) {
      const good = await topic();
      await fill(good, ["a", "b"]);
      const created = name("conformance");
      const failure = await rejection(admin.createTopics([{ name: "no name" }, { name: created, partitions: 1 }, { name: "nor this" }]));
      try {
        assert.deepEqual(
          [failure.kafkaError, failure.failures?.map((each) => each.topic)],
          ["INVALID_TOPIC_EXCEPTION", ["no name", "nor this"]],
        );
        await until("the one that was created", async () => (await admin.describeTopics([created])).length === 1);
      } finally {
        assert.deepEqual(await admin.deleteTopics([created, name("absent")]), [created]);
      }
      const change = (topicName: string) => ({ type: "topic", name: topicName, set: { "retention.ms": "50000" } }) as const;
      const unknown = await rejection(admin.alterConfigs([change(name("absent")), change(good)]));
      assert.deepEqual([unknown.code, unknown.failures], ["KAFKA_UNKNOWN_TOPIC", undefined]);
      await until("the other's config", async () => (await admin.describeTopicConfigs([good])).get(good)!["retention.ms"] === "50000");
      const begins = await admin.deleteRecords([{ topic: good, partition: 0, offset: -1 }]);
      assert.deepEqual(begins, [{ topic: good, partition: 0, offset: 2 }]);
    },
  },
  {
    name: "admin: partitions are added on chosen brokers, or only validated",
    requires: ["produce"],
    async run({ target, admin, name, topic }) {
      const topicName = await topic();
      const ids = (await admin.describeCluster()).brokers.map(({ id }) => id);
      const [first] = ids;
      const replicas = ids.slice(0, target.replicationFactor ?? 1);
      await admin.createPartitions(topicName, 2, { validateOnly: true });
      assert.equal((await admin.describeTopics([topicName]))[0]!.partitionCount, 1);
      await admin.createPartitions(topicName, 2, { assignments: [replicas] });
      assert.equal((await admin.describeTopics([topicName]))[0]!.partitions[1]!.leader, first);
      const assigned = name("conformance");
      try {
        assert.deepEqual(await admin.createTopics([{ name: assigned, assignments: [[first!], [first!]] }]), [assigned]);
        assert.equal((await admin.describeTopics([assigned]))[0]!.partitionCount, 2);
      } finally {
        await admin.deleteTopics([assigned]);
      }
    },
  },
  {
    name: "admin: access rules are refused clearly by a broker that keeps none",
    requires: ["access-control"],
    async run({ admin }) {
      const rule = { resourceType: "topic", resourceName: "t", patternType: "literal", principal: "User:a", host: "*" } as const;
      const asked = [
        () => admin.describeAcls(),
        () => admin.createAcls([{ ...rule, operation: "read", permission: "allow" }]),
        () => admin.deleteAcls([rule]),
      ];
      for (const ask of asked) assert.equal((await rejection(ask())).kafkaError, "SECURITY_DISABLED");
    },
  },
];

async function rejection(promise: Promise<unknown>): Promise<KafkaError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(KafkaError.is(error), `rejects with a KafkaError, not ${String(error)}`);
  return error;
}
