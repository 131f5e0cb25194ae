import { type ErrorAnswers, topLevel } from "./error-answer.ts";

/** How APIs of administration say an error: in every topic or resource that was asked for, or at the top. */
export const adminErrorAnswers: ErrorAnswers = {
  CreateTopics: (errorCode, { body }) => ({
    topics: body.topics.map(({ name }) => ({ name, errorCode, errorMessage: null, configs: [] })),
  }),
  DeleteTopics: (errorCode, { body, version }) => ({
    responses: (version >= 6 ? body.topics : body.topicNames.map((name) => ({ name }))).map((topic) => ({ ...topic, errorCode })),
  }),
  CreatePartitions: (errorCode, { body }) => ({ results: body.topics.map(({ name }) => ({ name, errorCode })) }),
  DescribeConfigs: (errorCode, { body }) => ({
    results: body.resources.map(({ resourceType, resourceName }) => ({ resourceType, resourceName, errorCode, errorMessage: null })),
  }),
  AlterConfigs: (errorCode, { body }) => ({
    responses: body.resources.map(({ resourceType, resourceName }) => ({ resourceType, resourceName, errorCode, errorMessage: null })),
  }),
  IncrementalAlterConfigs: (errorCode, { body }) => ({
    responses: body.resources.map(({ resourceType, resourceName }) => ({ resourceType, resourceName, errorCode, errorMessage: null })),
  }),
  AlterPartitionReassignments: (errorCode, { body }) => ({
    responses: body.topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode, errorMessage: null })),
    })),
  }),
  ListPartitionReassignments: topLevel,
  DescribeAcls: topLevel,
  CreateAcls: (errorCode, { body }) => ({ results: body.creations.map(() => ({ errorCode, errorMessage: null })) }),
  DeleteAcls: (errorCode, { body }) => ({
    filterResults: body.filters.map(() => ({ errorCode, errorMessage: null, matchingAcls: [] })),
  }),
  ElectLeaders: (errorCode, { body, version }) => ({
    ...(version >= 1 && { errorCode }),
    replicaElectionResults: (body.topicPartitions ?? []).map(({ topic, partitions }) => ({
      topic,
      partitionResult: partitions.map((partitionId) => ({ partitionId, errorCode, errorMessage: null })),
    })),
  }),
  DescribeLogDirs: (errorCode, { version }) => ({ ...(version >= 3 && { errorCode }), results: [{ errorCode, logDir: "", topics: [] }] }),
  AlterReplicaLogDirs: (errorCode, { body }) => ({
    results: body.dirs.flatMap(({ topics }) =>
      topics.map(({ name, partitions }) => ({
        topicName: name,
        partitions: partitions.map((partitionIndex) => ({ partitionIndex, errorCode })),
      })),
    ),
  }),
  ListConfigResources: (errorCode) => ({ errorCode, configResources: [] }),
  ApiVersions: topLevel,
  SaslHandshake: (errorCode) => ({ errorCode, mechanisms: [] }),
  SaslAuthenticate: (errorCode) => ({ errorCode, errorMessage: null, authBytes: Buffer.alloc(0) }),
  DescribeCluster: topLevel,
  DescribeQuorum: topLevel,
  DescribeTopicPartitions: (errorCode, { body }) => ({
    topics: body.topics.map(({ name }) => ({ name, errorCode })),
  }),
};
