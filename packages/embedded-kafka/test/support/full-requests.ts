import type { ApiName, MessageInput, RequestTypes } from "@millrace/protocol";
import { batchOf } from "./batch.ts";

const aclFilter = {
  resourceTypeFilter: 2,
  resourceNameFilter: "t",
  patternTypeFilter: 3,
  principalFilter: null,
  hostFilter: null,
  operation: 1,
  permissionType: 1,
};

/** A body for every API that makes its answer as full as can be, about the topic "t" with two partitions. */
export const fullRequests: { readonly [Api in ApiName]?: (version: number, topicId: string) => MessageInput<RequestTypes[Api]> } = {
  ApiVersions: (version) => (version >= 3 ? { clientSoftwareName: "raw", clientSoftwareVersion: "1.0" } : {}),
  Metadata: (version) => ({
    topics: [{ name: "t" }, { name: "made by metadata" }],
    ...(version >= 8 && { includeTopicAuthorizedOperations: true }),
    ...(version >= 8 && version <= 10 && { includeClusterAuthorizedOperations: true }),
  }),
  SaslHandshake: () => ({ mechanism: "PLAIN" }),
  SaslAuthenticate: () => ({ authBytes: Buffer.from("\0user\0password") }),
  Produce: (version, topicId) => ({
    acks: -1,
    timeoutMs: 100,
    topicData: [
      {
        ...(version >= 13 ? { topicId } : { name: "t" }),
        partitionData: [
          { index: 0, records: batchOf(["value"]) },
          { index: 1, records: batchOf(["value"], { baseOffset: 3 }) },
          { index: 7, records: batchOf(["value"]) },
        ],
      },
    ],
  }),
  Fetch: (version, topicId) => ({
    maxWaitMs: 0,
    minBytes: 1,
    maxBytes: 1_000_000,
    isolationLevel: 1,
    topics: [
      {
        ...(version >= 13 ? { topicId } : { topic: "t" }),
        partitions: [
          { partition: 0, fetchOffset: 0, partitionMaxBytes: 1_000_000 },
          { partition: 1, fetchOffset: 99, partitionMaxBytes: 1_000_000 },
          { partition: 7, fetchOffset: 0, partitionMaxBytes: 1_000_000 },
        ],
      },
    ],
  }),
  ListOffsets: () => ({
    replicaId: -1,
    topics: [{ name: "t", partitions: [-1, -2, -3, 0].map((timestamp, partitionIndex) => ({ partitionIndex, timestamp })) }],
  }),
  OffsetForLeaderEpoch: () => ({
    topics: [{ topic: "t", partitions: [0, 7].map((partition) => ({ partition, currentLeaderEpoch: 0, leaderEpoch: 0 })) }],
  }),
  FindCoordinator: (version) => (version >= 4 ? { keyType: 0, coordinatorKeys: ["g", "h"] } : { key: "g" }),
  JoinGroup: (version) => ({
    groupId: `join-${version}`,
    sessionTimeoutMs: 10_000,
    protocolType: "consumer",
    protocols: [{ name: "range", metadata: Buffer.from("m") }],
  }),
  SyncGroup: (version) => ({
    groupId: "join-0",
    memberId: "nobody",
    ...(version >= 5 && { protocolType: "consumer", protocolName: "range" }),
  }),
  Heartbeat: () => ({ groupId: "join-0", memberId: "nobody" }),
  LeaveGroup: (version) => ({ groupId: "join-0", ...(version >= 3 ? { members: [{ memberId: "nobody" }] } : { memberId: "nobody" }) }),
  DescribeGroups: () => ({ groups: ["join-0", "unknown"] }),
  ListGroups: () => ({}),
  DeleteGroups: () => ({ groupsNames: ["unknown", "join-0"] }),
  OffsetCommit: (version, topicId) => ({
    groupId: "committed",
    topics: [
      {
        ...(version >= 10 ? { topicId } : { name: "t" }),
        partitions: [0, 7].map((partitionIndex) => ({ partitionIndex, committedOffset: 1, committedMetadata: "note" })),
      },
    ],
  }),
  OffsetFetch: (version, topicId) => {
    const topics = [{ ...(version >= 10 ? { topicId } : { name: "t" }), partitionIndexes: [0, 7] }];
    return version >= 8 ? { groups: [{ groupId: "committed", topics }] } : { groupId: "committed", topics };
  },
  InitProducerId: () => ({ transactionalId: null }),
  CreateTopics: (version) => ({
    timeoutMs: 100,
    topics: [
      { name: `made-${version}`, numPartitions: 1, replicationFactor: 1, configs: [{ name: "retention.ms", value: "1000" }] },
      { name: "t", numPartitions: 1, replicationFactor: 1 },
    ],
  }),
  DeleteTopics: (version) =>
    version >= 6 ? { topics: [{ name: "absent" }, { topicId: "AAAAAAAAAAAAAAAAAAAAAQ" }] } : { topicNames: ["absent"] },
  CreatePartitions: () => ({
    validateOnly: true,
    topics: [
      { name: "t", count: 3, assignments: null },
      { name: "absent", count: 3, assignments: null },
    ],
  }),
  DeleteRecords: () => ({ topics: [{ name: "t", partitions: [0, 7].map((partitionIndex) => ({ partitionIndex, offset: 0 })) }] }),
  DescribeConfigs: () => ({
    resources: [
      { resourceType: 2, resourceName: "t", configurationKeys: null },
      { resourceType: 4, resourceName: "1", configurationKeys: null },
      { resourceType: 2, resourceName: "absent", configurationKeys: null },
    ],
    includeSynonyms: true,
  }),
  DescribeQuorum: () => ({ topics: [{ topicName: "__cluster_metadata", partitions: [{ partitionIndex: 0 }] }] }),
  DescribeCluster: () => ({ includeClusterAuthorizedOperations: true }),
  AddPartitionsToTxn: (version) => {
    const topics = [{ name: "t", partitions: [0, 7] }];
    const old = { v3AndBelowTransactionalId: "tx", v3AndBelowProducerId: 0, v3AndBelowProducerEpoch: 0, v3AndBelowTopics: topics };
    return version >= 4 ? { transactions: [{ transactionalId: "tx", producerId: 0, producerEpoch: 0, topics }] } : old;
  },
  AddOffsetsToTxn: () => ({ transactionalId: "tx", producerId: 0, producerEpoch: 0, groupId: "g" }),
  EndTxn: () => ({ transactionalId: "tx", producerId: 0, producerEpoch: 0, committed: true }),
  TxnOffsetCommit: () => ({
    transactionalId: "tx",
    groupId: "g",
    producerId: 0,
    producerEpoch: 0,
    topics: [{ name: "t", partitions: [0, 7].map((partitionIndex) => ({ partitionIndex, committedOffset: 1, committedMetadata: null })) }],
  }),
  WriteTxnMarkers: () => ({
    markers: [
      {
        producerId: 4_000,
        producerEpoch: 0,
        transactionResult: true,
        coordinatorEpoch: 0,
        topics: [{ name: "t", partitionIndexes: [0, 7] }],
      },
    ],
  }),
  DescribeProducers: () => ({ topics: [{ name: "t", partitionIndexes: [0, 7] }] }),
  DescribeTransactions: () => ({ transactionalIds: ["tx", ""] }),
  ListTransactions: () => ({ stateFilters: ["Ongoing"], producerIdFilters: [7] }),
  OffsetDelete: () => ({ groupId: "committed", topics: [{ name: "t", partitions: [{ partitionIndex: 0 }, { partitionIndex: 7 }] }] }),
  AlterPartitionReassignments: () => ({
    topics: [{ name: "t", partitions: [0, 7].map((partitionIndex) => ({ partitionIndex, replicas: [1] })) }],
  }),
  ListPartitionReassignments: () => ({ topics: [{ name: "t", partitionIndexes: [0, 7] }] }),
  DescribeAcls: () => aclFilter,
  CreateAcls: () => ({
    creations: ["t", "u"].map((resourceName) => ({
      resourceType: 2,
      resourceName,
      resourcePatternType: 3,
      principal: "User:a",
      host: "*",
      operation: 3,
      permissionType: 3,
    })),
  }),
  DeleteAcls: () => ({ filters: [aclFilter, aclFilter] }),
  ElectLeaders: (version) => ({
    ...(version >= 1 && { electionType: 1 }),
    topicPartitions: [
      { topic: "t", partitions: [0, 7] },
      { topic: "absent", partitions: [0] },
    ],
  }),
  DescribeLogDirs: () => ({ topics: [{ topic: "t", partitions: [0, 7] }] }),
  AlterReplicaLogDirs: () => ({ dirs: [{ path: "/elsewhere", topics: [{ name: "t", partitions: [0, 7] }] }] }),
  ListConfigResources: (version) => (version >= 1 ? { resourceTypes: [2, 4] } : {}),
  AlterConfigs: () => ({
    validateOnly: true,
    resources: ["t", "absent"].map((resourceName) => ({
      resourceType: 2,
      resourceName,
      configs: [{ name: "retention.ms", value: "1000" }],
    })),
  }),
  IncrementalAlterConfigs: () => ({
    validateOnly: true,
    resources: ["t", "absent"].map((resourceName) => ({
      resourceType: 2,
      resourceName,
      configs: [{ name: "retention.ms", configOperation: 0, value: "1000" }],
    })),
  }),
  DescribeTopicPartitions: () => ({ topics: [{ name: "t" }, { name: "absent" }], responsePartitionLimit: 10 }),
};
