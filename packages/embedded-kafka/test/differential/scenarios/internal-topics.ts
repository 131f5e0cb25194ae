import { errorByCode } from "@millrace/protocol";
import { batchOf, produceTo } from "../request-bodies.ts";
import type { Scenario, Stage } from "../scenario.ts";
import { openTransactional } from "../transaction-steps.ts";

const offsets = "__consumer_offsets";
const transactions = "__transaction_state";
const timeoutMs = 5_000;

/** Both brokers have their own topics by then: as many partitions as they are set up with. */
async function withCoordinators(stage: Stage): Promise<void> {
  await stage.group("with-offsets");
  await openTransactional(stage, "with-state");
}

export const internalTopicScenarios: readonly Scenario[] = [
  {
    name: "the topics of the coordinators are there once a coordinator has been looked for, and are called internal",
    shows: ['"isInternal":true', "cleanup.policy"],
    async run(stage) {
      await withCoordinators(stage);
      for (const version of [1, 8, 12]) {
        const { topics } = await stage.main.call("Metadata", version, { topics: null });
        const own = [offsets, transactions].map((asked) => topics.find(({ name }) => name === asked)!);
        stage.record(
          `among all topics v${version}`,
          own.map(({ name, errorCode, isInternal, partitions }) => ({ name, errorCode, isInternal, first: partitions[0]!.leaderId })),
        );
      }
      await stage.ask("a name of Kafka's own, unused", "Metadata", 12, {
        topics: [{ name: "__share_group_state" }],
        allowAutoTopicCreation: false,
      });
      const pages = await stage.main.call("DescribeTopicPartitions", 0, { topics: [{ name: offsets }], responsePartitionLimit: 1 });
      stage.record("described", { isInternal: pages.topics[0]!.isInternal, operations: pages.topics[0]!.topicAuthorizedOperations });
      for (const resourceName of [offsets, transactions]) {
        const { results } = await stage.main.call("DescribeConfigs", 4, {
          resources: [{ resourceType: 2, resourceName, configurationKeys: null }],
        });
        const set = results[0]!.configs.filter(({ configSource }) => configSource === 1).map(({ name, value }) => `${name}=${value}`);
        stage.record(`configs of ${resourceName}`, set.toSorted());
      }
    },
  },
  {
    name: "nobody writes to the coordinators' topics, cuts them, or takes them into a transaction",
    shows: ["INVALID_TOPIC_EXCEPTION", "TOPIC_AUTHORIZATION_FAILED", "OPERATION_NOT_ATTEMPTED"],
    async run(stage) {
      await withCoordinators(stage);
      const topic = await stage.topic("beside");
      const records = batchOf(stage.baseTime, ["a"]);
      for (const version of [3, 9, 12]) {
        for (const index of [0, 99]) {
          await stage.ask(`write to ${index}`, "Produce", version, produceTo({ name: offsets, id: "" }, [{ index, records }], { version }));
        }
      }
      const partitions = [{ partitionIndex: 0, offset: 0 }];
      await stage.ask("cut", "DeleteRecords", 2, { timeoutMs, topics: [{ name: offsets, partitions }] });
      for (const name of [offsets, "__cluster_metadata", "__share_group_state"]) {
        const made = { name, numPartitions: 1, replicationFactor: 1 };
        const { topics } = await stage.main.call("CreateTopics", 7, { timeoutMs, validateOnly: true, topics: [made] });
        stage.record(`make ${name}`, errorByCode(topics[0]!.errorCode).name);
      }
      const { transactionalId, producerId, producerEpoch } = await openTransactional(stage, "takes-offsets");
      const { resultsByTopicV3AndBelow: results } = await stage.main.call("AddPartitionsToTxn", 3, {
        v3AndBelowTransactionalId: transactionalId,
        v3AndBelowProducerId: producerId,
        v3AndBelowProducerEpoch: producerEpoch,
        v3AndBelowTopics: [
          { name: offsets, partitions: [0] },
          { name: topic.name, partitions: [0] },
        ],
      });
      for (const name of [offsets, topic.name]) {
        const { partitionErrorCode } = results.find((result) => result.name === name)!.resultsByPartition[0]!;
        stage.record(`take ${name}`, errorByCode(partitionErrorCode).name);
      }
    },
  },
];
