// Written by tooling/protocol from the message definitions in Apache Kafka's client jar. Do not edit.
import type { MessageSchema } from "../message/message-schema.ts";

export const schemaTable: Readonly<Record<string, () => MessageSchema>> = {
  ProduceRequest: () => ({
    minVersion: 3, maxVersion: 13, flexibleFrom: 9,
    fields: [
      { name: "transactionalId", type: "string", versions: [3], nullable: [3], default: null },
      { name: "acks", type: "int16", versions: [0] },
      { name: "timeoutMs", type: "int32", versions: [0] },
      { name: "topicData", type: "[]struct", versions: [0], fields: [
        { name: "name", type: "string", versions: [0, 12], ignorable: true },
        { name: "topicId", type: "uuid", versions: [13], ignorable: true },
        { name: "partitionData", type: "[]struct", versions: [0], fields: [
          { name: "index", type: "int32", versions: [0] },
          { name: "records", type: "records", versions: [0], nullable: [0] },
        ] },
      ] },
    ],
  }),
  ProduceResponse: () => ({
    minVersion: 3, maxVersion: 13, flexibleFrom: 9,
    fields: [
      { name: "responses", type: "[]struct", versions: [0], fields: [
        { name: "name", type: "string", versions: [0, 12], ignorable: true },
        { name: "topicId", type: "uuid", versions: [13], ignorable: true },
        { name: "partitionResponses", type: "[]struct", versions: [0], fields: [
          { name: "index", type: "int32", versions: [0] },
          { name: "errorCode", type: "int16", versions: [0] },
          { name: "baseOffset", type: "int64", versions: [0] },
          { name: "logAppendTimeMs", type: "int64", versions: [2], default: -1, ignorable: true },
          { name: "logStartOffset", type: "int64", versions: [5], default: -1, ignorable: true },
          { name: "recordErrors", type: "[]struct", versions: [8], ignorable: true, fields: [
            { name: "batchIndex", type: "int32", versions: [8] },
            { name: "batchIndexErrorMessage", type: "string", versions: [8], nullable: [8], default: null },
          ] },
          { name: "errorMessage", type: "string", versions: [8], nullable: [8], default: null, ignorable: true },
          { name: "currentLeader", type: "struct", versions: [10], tag: 0, tagged: [10], fields: [
            { name: "leaderId", type: "int32", versions: [10], default: -1 },
            { name: "leaderEpoch", type: "int32", versions: [10], default: -1 },
          ] },
        ] },
      ] },
      { name: "throttleTimeMs", type: "int32", versions: [1], ignorable: true },
      { name: "nodeEndpoints", type: "[]struct", versions: [10], tag: 0, tagged: [10], fields: [
        { name: "nodeId", type: "int32", versions: [10] },
        { name: "host", type: "string", versions: [10] },
        { name: "port", type: "int32", versions: [10] },
        { name: "rack", type: "string", versions: [10], nullable: [10], default: null },
      ] },
    ],
  }),
  FetchRequest: () => ({
    minVersion: 4, maxVersion: 18, flexibleFrom: 12,
    fields: [
      { name: "clusterId", type: "string", versions: [12], nullable: [12], tag: 0, tagged: [12], default: null, ignorable: true },
      { name: "replicaId", type: "int32", versions: [0, 14], default: -1 },
      { name: "replicaState", type: "struct", versions: [15], tag: 1, tagged: [15], fields: [
        { name: "replicaId", type: "int32", versions: [15], default: -1 },
        { name: "replicaEpoch", type: "int64", versions: [15], default: -1 },
      ] },
      { name: "maxWaitMs", type: "int32", versions: [0] },
      { name: "minBytes", type: "int32", versions: [0] },
      { name: "maxBytes", type: "int32", versions: [3], default: 2147483647, ignorable: true },
      { name: "isolationLevel", type: "int8", versions: [4], ignorable: true },
      { name: "sessionId", type: "int32", versions: [7], ignorable: true },
      { name: "sessionEpoch", type: "int32", versions: [7], default: -1, ignorable: true },
      { name: "topics", type: "[]struct", versions: [0], fields: [
        { name: "topic", type: "string", versions: [0, 12], ignorable: true },
        { name: "topicId", type: "uuid", versions: [13], ignorable: true },
        { name: "partitions", type: "[]struct", versions: [0], fields: [
          { name: "partition", type: "int32", versions: [0] },
          { name: "currentLeaderEpoch", type: "int32", versions: [9], default: -1, ignorable: true },
          { name: "fetchOffset", type: "int64", versions: [0] },
          { name: "lastFetchedEpoch", type: "int32", versions: [12], default: -1 },
          { name: "logStartOffset", type: "int64", versions: [5], default: -1, ignorable: true },
          { name: "partitionMaxBytes", type: "int32", versions: [0] },
          { name: "replicaDirectoryId", type: "uuid", versions: [17], tag: 0, tagged: [17], ignorable: true },
          { name: "highWatermark", type: "int64", versions: [18], tag: 1, tagged: [18], default: Number.MAX_SAFE_INTEGER, ignorable: true },
        ] },
      ] },
      { name: "forgottenTopicsData", type: "[]struct", versions: [7], fields: [
        { name: "topic", type: "string", versions: [7, 12], ignorable: true },
        { name: "topicId", type: "uuid", versions: [13], ignorable: true },
        { name: "partitions", type: "[]int32", versions: [7] },
      ] },
      { name: "rackId", type: "string", versions: [11], ignorable: true },
    ],
  }),
  FetchResponse: () => ({
    minVersion: 4, maxVersion: 18, flexibleFrom: 12,
    fields: [
      { name: "throttleTimeMs", type: "int32", versions: [1], ignorable: true },
      { name: "errorCode", type: "int16", versions: [7], ignorable: true },
      { name: "sessionId", type: "int32", versions: [7] },
      { name: "responses", type: "[]struct", versions: [0], fields: [
        { name: "topic", type: "string", versions: [0, 12], ignorable: true },
        { name: "topicId", type: "uuid", versions: [13], ignorable: true },
        { name: "partitions", type: "[]struct", versions: [0], fields: [
          { name: "partitionIndex", type: "int32", versions: [0] },
          { name: "errorCode", type: "int16", versions: [0] },
          { name: "highWatermark", type: "int64", versions: [0] },
          { name: "lastStableOffset", type: "int64", versions: [4], default: -1, ignorable: true },
          { name: "logStartOffset", type: "int64", versions: [5], default: -1, ignorable: true },
          { name: "divergingEpoch", type: "struct", versions: [12], tag: 0, tagged: [12], fields: [
            { name: "epoch", type: "int32", versions: [12], default: -1 },
            { name: "endOffset", type: "int64", versions: [12], default: -1 },
          ] },
          { name: "currentLeader", type: "struct", versions: [12], tag: 1, tagged: [12], fields: [
            { name: "leaderId", type: "int32", versions: [12], default: -1 },
            { name: "leaderEpoch", type: "int32", versions: [12], default: -1 },
          ] },
          { name: "snapshotId", type: "struct", versions: [12], tag: 2, tagged: [12], fields: [
            { name: "endOffset", type: "int64", versions: [0], default: -1 },
            { name: "epoch", type: "int32", versions: [0], default: -1 },
          ] },
          { name: "abortedTransactions", type: "[]struct", versions: [4], nullable: [4], ignorable: true, fields: [
            { name: "producerId", type: "int64", versions: [4] },
            { name: "firstOffset", type: "int64", versions: [4] },
          ] },
          { name: "preferredReadReplica", type: "int32", versions: [11], default: -1 },
          { name: "records", type: "records", versions: [0], nullable: [0] },
        ] },
      ] },
      { name: "nodeEndpoints", type: "[]struct", versions: [16], tag: 0, tagged: [16], fields: [
        { name: "nodeId", type: "int32", versions: [16] },
        { name: "host", type: "string", versions: [16] },
        { name: "port", type: "int32", versions: [16] },
        { name: "rack", type: "string", versions: [16], nullable: [16], default: null },
      ] },
    ],
  }),
  ListOffsetsRequest: () => ({
    minVersion: 1, maxVersion: 11, flexibleFrom: 6,
    fields: [
      { name: "replicaId", type: "int32", versions: [0] },
      { name: "isolationLevel", type: "int8", versions: [2] },
      { name: "topics", type: "[]struct", versions: [0], fields: [
        { name: "name", type: "string", versions: [0] },
        { name: "partitions", type: "[]struct", versions: [0], fields: [
          { name: "partitionIndex", type: "int32", versions: [0] },
          { name: "currentLeaderEpoch", type: "int32", versions: [4], default: -1, ignorable: true },
          { name: "timestamp", type: "int64", versions: [0] },
        ] },
      ] },
      { name: "timeoutMs", type: "int32", versions: [10], ignorable: true },
    ],
  }),
  ListOffsetsResponse: () => ({
    minVersion: 1, maxVersion: 11, flexibleFrom: 6,
    fields: [
      { name: "throttleTimeMs", type: "int32", versions: [2], ignorable: true },
      { name: "topics", type: "[]struct", versions: [0], fields: [
        { name: "name", type: "string", versions: [0] },
        { name: "partitions", type: "[]struct", versions: [0], fields: [
          { name: "partitionIndex", type: "int32", versions: [0] },
          { name: "errorCode", type: "int16", versions: [0] },
          { name: "timestamp", type: "int64", versions: [1], default: -1 },
          { name: "offset", type: "int64", versions: [1], default: -1 },
          { name: "leaderEpoch", type: "int32", versions: [4], default: -1 },
        ] },
      ] },
    ],
  }),
  MetadataRequest: () => ({
    minVersion: 0, maxVersion: 13, flexibleFrom: 9,
    fields: [
      { name: "topics", type: "[]struct", versions: [0], nullable: [1], fields: [
        { name: "topicId", type: "uuid", versions: [10], ignorable: true },
        { name: "name", type: "string", versions: [0], nullable: [10] },
      ] },
      { name: "allowAutoTopicCreation", type: "bool", versions: [4], default: true },
      { name: "includeClusterAuthorizedOperations", type: "bool", versions: [8, 10] },
      { name: "includeTopicAuthorizedOperations", type: "bool", versions: [8] },
    ],
  }),
  MetadataResponse: () => ({
    minVersion: 0, maxVersion: 13, flexibleFrom: 9,
    fields: [
      { name: "throttleTimeMs", type: "int32", versions: [3], ignorable: true },
      { name: "brokers", type: "[]struct", versions: [0], fields: [
        { name: "nodeId", type: "int32", versions: [0] },
        { name: "host", type: "string", versions: [0] },
        { name: "port", type: "int32", versions: [0] },
        { name: "rack", type: "string", versions: [1], nullable: [1], default: null, ignorable: true },
      ] },
      { name: "clusterId", type: "string", versions: [2], nullable: [2], default: null, ignorable: true },
      { name: "controllerId", type: "int32", versions: [1], default: -1, ignorable: true },
      { name: "topics", type: "[]struct", versions: [0], fields: [
        { name: "errorCode", type: "int16", versions: [0] },
        { name: "name", type: "string", versions: [0], nullable: [12] },
        { name: "topicId", type: "uuid", versions: [10], ignorable: true },
        { name: "isInternal", type: "bool", versions: [1], ignorable: true },
        { name: "partitions", type: "[]struct", versions: [0], fields: [
          { name: "errorCode", type: "int16", versions: [0] },
          { name: "partitionIndex", type: "int32", versions: [0] },
          { name: "leaderId", type: "int32", versions: [0] },
          { name: "leaderEpoch", type: "int32", versions: [7], default: -1, ignorable: true },
          { name: "replicaNodes", type: "[]int32", versions: [0] },
          { name: "isrNodes", type: "[]int32", versions: [0] },
          { name: "offlineReplicas", type: "[]int32", versions: [5], ignorable: true },
        ] },
        { name: "topicAuthorizedOperations", type: "int32", versions: [8], default: -2147483648 },
      ] },
      { name: "clusterAuthorizedOperations", type: "int32", versions: [8, 10], default: -2147483648 },
      { name: "errorCode", type: "int16", versions: [13], ignorable: true },
    ],
  }),
  OffsetCommitRequest: () => ({
    minVersion: 2, maxVersion: 10, flexibleFrom: 8,
    fields: [
      { name: "groupId", type: "string", versions: [0] },
      { name: "generationIdOrMemberEpoch", type: "int32", versions: [1], default: -1, ignorable: true },
      { name: "memberId", type: "string", versions: [1], ignorable: true },
      { name: "groupInstanceId", type: "string", versions: [7], nullable: [7], default: null },
      { name: "retentionTimeMs", type: "int64", versions: [2, 4], default: -1, ignorable: true },
      { name: "topics", type: "[]struct", versions: [0], fields: [
        { name: "name", type: "string", versions: [0, 9], ignorable: true },
        { name: "topicId", type: "uuid", versions: [10], ignorable: true },
        { name: "partitions", type: "[]struct", versions: [0], fields: [
          { name: "partitionIndex", type: "int32", versions: [0] },
          { name: "committedOffset", type: "int64", versions: [0] },
          { name: "committedLeaderEpoch", type: "int32", versions: [6], default: -1, ignorable: true },
          { name: "committedMetadata", type: "string", versions: [0], nullable: [0] },
        ] },
      ] },
    ],
  }),
  OffsetCommitResponse: () => ({
    minVersion: 2, maxVersion: 10, flexibleFrom: 8,
    fields: [
      { name: "throttleTimeMs", type: "int32", versions: [3], ignorable: true },
      { name: "topics", type: "[]struct", versions: [0], fields: [
        { name: "name", type: "string", versions: [0, 9], ignorable: true },
        { name: "topicId", type: "uuid", versions: [10], ignorable: true },
        { name: "partitions", type: "[]struct", versions: [0], fields: [
          { name: "partitionIndex", type: "int32", versions: [0] },
          { name: "errorCode", type: "int16", versions: [0] },
        ] },
      ] },
    ],
  }),
  OffsetFetchRequest: () => ({
    minVersion: 1, maxVersion: 10, flexibleFrom: 6,
    fields: [
      { name: "groupId", type: "string", versions: [0, 7] },
      { name: "topics", type: "[]struct", versions: [0, 7], nullable: [2, 7], fields: [
        { name: "name", type: "string", versions: [0, 7] },
        { name: "partitionIndexes", type: "[]int32", versions: [0, 7] },
      ] },
      { name: "groups", type: "[]struct", versions: [8], fields: [
        { name: "groupId", type: "string", versions: [8] },
        { name: "memberId", type: "string", versions: [9], nullable: [9], default: null, ignorable: true },
        { name: "memberEpoch", type: "int32", versions: [9], default: -1, ignorable: true },
        { name: "topics", type: "[]struct", versions: [8], nullable: [8], fields: [
          { name: "name", type: "string", versions: [8, 9], ignorable: true },
          { name: "topicId", type: "uuid", versions: [10], ignorable: true },
          { name: "partitionIndexes", type: "[]int32", versions: [8] },
        ] },
      ] },
      { name: "requireStable", type: "bool", versions: [7] },
    ],
  }),
  OffsetFetchResponse: () => ({
    minVersion: 1, maxVersion: 10, flexibleFrom: 6,
    fields: [
      { name: "throttleTimeMs", type: "int32", versions: [3], ignorable: true },
      { name: "topics", type: "[]struct", versions: [0, 7], fields: [
        { name: "name", type: "string", versions: [0, 7] },
        { name: "partitions", type: "[]struct", versions: [0, 7], fields: [
          { name: "partitionIndex", type: "int32", versions: [0, 7] },
          { name: "committedOffset", type: "int64", versions: [0, 7] },
          { name: "committedLeaderEpoch", type: "int32", versions: [5, 7], default: -1, ignorable: true },
          { name: "metadata", type: "string", versions: [0, 7], nullable: [0, 7] },
          { name: "errorCode", type: "int16", versions: [0, 7] },
        ] },
      ] },
      { name: "errorCode", type: "int16", versions: [2, 7], ignorable: true },
      { name: "groups", type: "[]struct", versions: [8], fields: [
        { name: "groupId", type: "string", versions: [8] },
        { name: "topics", type: "[]struct", versions: [8], fields: [
          { name: "name", type: "string", versions: [8, 9], ignorable: true },
          { name: "topicId", type: "uuid", versions: [10], ignorable: true },
          { name: "partitions", type: "[]struct", versions: [8], fields: [
            { name: "partitionIndex", type: "int32", versions: [8] },
            { name: "committedOffset", type: "int64", versions: [8] },
            { name: "committedLeaderEpoch", type: "int32", versions: [8], default: -1, ignorable: true },
            { name: "metadata", type: "string", versions: [8], nullable: [8] },
            { name: "errorCode", type: "int16", versions: [8] },
          ] },
        ] },
        { name: "errorCode", type: "int16", versions: [8] },
      ] },
    ],
  }),
  FindCoordinatorRequest: () => ({
    minVersion: 0, maxVersion: 6, flexibleFrom: 3,
    fields: [
      { name: "key", type: "string", versions: [0, 3] },
      { name: "keyType", type: "int8", versions: [1] },
      { name: "coordinatorKeys", type: "[]string", versions: [4] },
    ],
  }),
  FindCoordinatorResponse: () => ({
    minVersion: 0, maxVersion: 6, flexibleFrom: 3,
    fields: [
      { name: "throttleTimeMs", type: "int32", versions: [1], ignorable: true },
      { name: "errorCode", type: "int16", versions: [0, 3] },
      { name: "errorMessage", type: "string", versions: [1, 3], nullable: [1, 3], ignorable: true },
      { name: "nodeId", type: "int32", versions: [0, 3] },
      { name: "host", type: "string", versions: [0, 3] },
      { name: "port", type: "int32", versions: [0, 3] },
      { name: "coordinators", type: "[]struct", versions: [4], fields: [
        { name: "key", type: "string", versions: [4] },
        { name: "nodeId", type: "int32", versions: [4] },
        { name: "host", type: "string", versions: [4] },
        { name: "port", type: "int32", versions: [4] },
        { name: "errorCode", type: "int16", versions: [4] },
        { name: "errorMessage", type: "string", versions: [4], nullable: [4], ignorable: true },
      ] },
    ],
  }),
  JoinGroupRequest: () => ({
    minVersion: 0, maxVersion: 9, flexibleFrom: 6,
    fields: [
      { name: "groupId", type: "string", versions: [0] },
      { name: "sessionTimeoutMs", type: "int32", versions: [0] },
      { name: "rebalanceTimeoutMs", type: "int32", versions: [1], default: -1, ignorable: true },
      { name: "memberId", type: "string", versions: [0] },
      { name: "groupInstanceId", type: "string", versions: [5], nullable: [5], default: null },
      { name: "protocolType", type: "string", versions: [0] },
      { name: "protocols", type: "[]struct", versions: [0], fields: [
        { name: "name", type: "string", versions: [0] },
        { name: "metadata", type: "bytes", versions: [0] },
      ] },
      { name: "reason", type: "string", versions: [8], nullable: [8], default: null, ignorable: true },
    ],
  }),
  JoinGroupResponse: () => ({
    minVersion: 0, maxVersion: 9, flexibleFrom: 6,
    fields: [
      { name: "throttleTimeMs", type: "int32", versions: [2], ignorable: true },
      { name: "errorCode", type: "int16", versions: [0] },
      { name: "generationId", type: "int32", versions: [0], default: -1 },
      { name: "protocolType", type: "string", versions: [7], nullable: [7], default: null, ignorable: true },
      { name: "protocolName", type: "string", versions: [0], nullable: [7] },
      { name: "leader", type: "string", versions: [0] },
      { name: "skipAssignment", type: "bool", versions: [9] },
      { name: "memberId", type: "string", versions: [0] },
      { name: "members", type: "[]struct", versions: [0], fields: [
        { name: "memberId", type: "string", versions: [0] },
        { name: "groupInstanceId", type: "string", versions: [5], nullable: [5], default: null, ignorable: true },
        { name: "metadata", type: "bytes", versions: [0] },
      ] },
    ],
  }),
  HeartbeatRequest: () => ({
    minVersion: 0, maxVersion: 4, flexibleFrom: 4,
    fields: [
      { name: "groupId", type: "string", versions: [0] },
      { name: "generationId", type: "int32", versions: [0] },
      { name: "memberId", type: "string", versions: [0] },
      { name: "groupInstanceId", type: "string", versions: [3], nullable: [3], default: null },
    ],
  }),
  HeartbeatResponse: () => ({
    minVersion: 0, maxVersion: 4, flexibleFrom: 4,
    fields: [
      { name: "throttleTimeMs", type: "int32", versions: [1], ignorable: true },
      { name: "errorCode", type: "int16", versions: [0] },
    ],
  }),
  LeaveGroupRequest: () => ({
    minVersion: 0, maxVersion: 5, flexibleFrom: 4,
    fields: [
      { name: "groupId", type: "string", versions: [0] },
      { name: "memberId", type: "string", versions: [0, 2] },
      { name: "members", type: "[]struct", versions: [3], fields: [
        { name: "memberId", type: "string", versions: [3] },
        { name: "groupInstanceId", type: "string", versions: [3], nullable: [3], default: null },
        { name: "reason", type: "string", versions: [5], nullable: [5], default: null, ignorable: true },
      ] },
    ],
  }),
  LeaveGroupResponse: () => ({
    minVersion: 0, maxVersion: 5, flexibleFrom: 4,
    fields: [
      { name: "throttleTimeMs", type: "int32", versions: [1], ignorable: true },
      { name: "errorCode", type: "int16", versions: [0] },
      { name: "members", type: "[]struct", versions: [3], fields: [
        { name: "memberId", type: "string", versions: [3] },
        { name: "groupInstanceId", type: "string", versions: [3], nullable: [3] },
        { name: "errorCode", type: "int16", versions: [3] },
      ] },
    ],
  }),
  SyncGroupRequest: () => ({
    minVersion: 0, maxVersion: 5, flexibleFrom: 4,
    fields: [
      { name: "groupId", type: "string", versions: [0] },
      { name: "generationId", type: "int32", versions: [0] },
      { name: "memberId", type: "string", versions: [0] },
      { name: "groupInstanceId", type: "string", versions: [3], nullable: [3], default: null },
      { name: "protocolType", type: "string", versions: [5], nullable: [5], default: null, ignorable: true },
      { name: "protocolName", type: "string", versions: [5], nullable: [5], default: null, ignorable: true },
      { name: "assignments", type: "[]struct", versions: [0], fields: [
        { name: "memberId", type: "string", versions: [0] },
        { name: "assignment", type: "bytes", versions: [0] },
      ] },
    ],
  }),
  SyncGroupResponse: () => ({
    minVersion: 0, maxVersion: 5, flexibleFrom: 4,
    fields: [
      { name: "throttleTimeMs", type: "int32", versions: [1], ignorable: true },
      { name: "errorCode", type: "int16", versions: [0] },
      { name: "protocolType", type: "string", versions: [5], nullable: [5], default: null, ignorable: true },
      { name: "protocolName", type: "string", versions: [5], nullable: [5], default: null, ignorable: true },
      { name: "assignment", type: "bytes", versions: [0] },
    ],
  }),
  DescribeGroupsRequest: () => ({
    minVersion: 0, maxVersion: 6, flexibleFrom: 5,
    fields: [
      { name: "groups", type: "[]string", versions: [0] },
      { name: "includeAuthorizedOperations", type: "bool", versions: [3] },
    ],
  }),
  DescribeGroupsResponse: () => ({
    minVersion: 0, maxVersion: 6, flexibleFrom: 5,
    fields: [
      { name: "throttleTimeMs", type: "int32", versions: [1], ignorable: true },
      { name: "groups", type: "[]struct", versions: [0], fields: [
        { name: "errorCode", type: "int16", versions: [0] },
        { name: "errorMessage", type: "string", versions: [6], nullable: [6], default: null },
        { name: "groupId", type: "string", versions: [0] },
        { name: "groupState", type: "string", versions: [0] },
        { name: "protocolType", type: "string", versions: [0] },
        { name: "protocolData", type: "string", versions: [0] },
        { name: "members", type: "[]struct", versions: [0], fields: [
          { name: "memberId", type: "string", versions: [0] },
          { name: "groupInstanceId", type: "string", versions: [4], nullable: [4], default: null, ignorable: true },
          { name: "clientId", type: "string", versions: [0] },
          { name: "clientHost", type: "string", versions: [0] },
          { name: "memberMetadata", type: "bytes", versions: [0] },
          { name: "memberAssignment", type: "bytes", versions: [0] },
        ] },
        { name: "authorizedOperations", type: "int32", versions: [3], default: -2147483648 },
      ] },
    ],
  }),
  ListGroupsRequest: () => ({
    minVersion: 0, maxVersion: 5, flexibleFrom: 3,
    fields: [
      { name: "statesFilter", type: "[]string", versions: [4] },
      { name: "typesFilter", type: "[]string", versions: [5] },
    ],
  }),
  ListGroupsResponse: () => ({
    minVersion: 0, maxVersion: 5, flexibleFrom: 3,
    fields: [
      { name: "throttleTimeMs", type: "int32", versions: [1], ignorable: true },
      { name: "errorCode", type: "int16", versions: [0] },
      { name: "groups", type: "[]struct", versions: [0], fields: [
        { name: "groupId", type: "string", versions: [0] },
        { name: "protocolType", type: "string", versions: [0] },
        { name: "groupState", type: "string", versions: [4], ignorable: true },
        { name: "groupType", type: "string", versions: [5], ignorable: true },
      ] },
    ],
  }),
  SaslHandshakeRequest: () => ({
    minVersion: 0, maxVersion: 1,
    fields: [
      { name: "mechanism", type: "string", versions: [0] },
    ],
  }),
  SaslHandshakeResponse: () => ({
    minVersion: 0, maxVersion: 1,
    fields: [
      { name: "errorCode", type: "int16", versions: [0] },
      { name: "mechanisms", type: "[]string", versions: [0] },
    ],
  }),
  ApiVersionsRequest: () => ({
    minVersion: 0, maxVersion: 4, flexibleFrom: 3,
    fields: [
      { name: "clientSoftwareName", type: "string", versions: [3], ignorable: true },
      { name: "clientSoftwareVersion", type: "string", versions: [3], ignorable: true },
    ],
  }),
  ApiVersionsResponse: () => ({
    minVersion: 0, maxVersion: 4, flexibleFrom: 3,
    fields: [
      { name: "errorCode", type: "int16", versions: [0] },
      { name: "apiKeys", type: "[]struct", versions: [0], fields: [
        { name: "apiKey", type: "int16", versions: [0] },
        { name: "minVersion", type: "int16", versions: [0] },
        { name: "maxVersion", type: "int16", versions: [0] },
      ] },
      { name: "throttleTimeMs", type: "int32", versions: [1], ignorable: true },
      { name: "supportedFeatures", type: "[]struct", versions: [3], tag: 0, tagged: [3], ignorable: true, fields: [
        { name: "name", type: "string", versions: [3] },
        { name: "minVersion", type: "int16", versions: [3] },
        { name: "maxVersion", type: "int16", versions: [3] },
      ] },
      { name: "finalizedFeaturesEpoch", type: "int64", versions: [3], tag: 1, tagged: [3], default: -1, ignorable: true },
      { name: "finalizedFeatures", type: "[]struct", versions: [3], tag: 2, tagged: [3], ignorable: true, fields: [
        { name: "name", type: "string", versions: [3] },
        { name: "maxVersionLevel", type: "int16", versions: [3] },
        { name: "minVersionLevel", type: "int16", versions: [3] },
      ] },
      { name: "zkMigrationReady", type: "bool", versions: [3], tag: 3, tagged: [3], ignorable: true },
    ],
  }),
  CreateTopicsRequest: () => ({
    minVersion: 2, maxVersion: 7, flexibleFrom: 5,
    fields: [
      { name: "topics", type: "[]struct", versions: [0], fields: [
        { name: "name", type: "string", versions: [0] },
        { name: "numPartitions", type: "int32", versions: [0] },
        { name: "replicationFactor", type: "int16", versions: [0] },
        { name: "assignments", type: "[]struct", versions: [0], fields: [
          { name: "partitionIndex", type: "int32", versions: [0] },
          { name: "brokerIds", type: "[]int32", versions: [0] },
        ] },
        { name: "configs", type: "[]struct", versions: [0], fields: [
          { name: "name", type: "string", versions: [0] },
          { name: "value", type: "string", versions: [0], nullable: [0] },
        ] },
      ] },
      { name: "timeoutMs", type: "int32", versions: [0], default: 60000 },
      { name: "validateOnly", type: "bool", versions: [1] },
    ],
  }),
  CreateTopicsResponse: () => ({
    minVersion: 2, maxVersion: 7, flexibleFrom: 5,
    fields: [
      { name: "throttleTimeMs", type: "int32", versions: [2], ignorable: true },
      { name: "topics", type: "[]struct", versions: [0], fields: [
        { name: "name", type: "string", versions: [0] },
        { name: "topicId", type: "uuid", versions: [7], ignorable: true },
        { name: "errorCode", type: "int16", versions: [0] },
        { name: "errorMessage", type: "string", versions: [1], nullable: [0], ignorable: true },
        { name: "topicConfigErrorCode", type: "int16", versions: [5], tag: 0, tagged: [5], ignorable: true },
        { name: "numPartitions", type: "int32", versions: [5], default: -1, ignorable: true },
        { name: "replicationFactor", type: "int16", versions: [5], default: -1, ignorable: true },
        { name: "configs", type: "[]struct", versions: [5], nullable: [5], ignorable: true, fields: [
          { name: "name", type: "string", versions: [5] },
          { name: "value", type: "string", versions: [5], nullable: [5] },
          { name: "readOnly", type: "bool", versions: [5] },
          { name: "configSource", type: "int8", versions: [5], default: -1, ignorable: true },
          { name: "isSensitive", type: "bool", versions: [5] },
        ] },
      ] },
    ],
  }),
  DeleteTopicsRequest: () => ({
    minVersion: 1, maxVersion: 6, flexibleFrom: 4,
    fields: [
      { name: "topics", type: "[]struct", versions: [6], fields: [
        { name: "name", type: "string", versions: [6], nullable: [6], default: null },
        { name: "topicId", type: "uuid", versions: [6] },
      ] },
      { name: "topicNames", type: "[]string", versions: [0, 5], ignorable: true },
      { name: "timeoutMs", type: "int32", versions: [0] },
    ],
  }),
  DeleteTopicsResponse: () => ({
    minVersion: 1, maxVersion: 6, flexibleFrom: 4,
    fields: [
      { name: "throttleTimeMs", type: "int32", versions: [1], ignorable: true },
      { name: "responses", type: "[]struct", versions: [0], fields: [
        { name: "name", type: "string", versions: [0], nullable: [6] },
        { name: "topicId", type: "uuid", versions: [6], ignorable: true },
        { name: "errorCode", type: "int16", versions: [0] },
        { name: "errorMessage", type: "string", versions: [5], nullable: [5], default: null, ignorable: true },
      ] },
    ],
  }),
  DeleteRecordsRequest: () => ({
    minVersion: 0, maxVersion: 2, flexibleFrom: 2,
    fields: [
      { name: "topics", type: "[]struct", versions: [0], fields: [
        { name: "name", type: "string", versions: [0] },
        { name: "partitions", type: "[]struct", versions: [0], fields: [
          { name: "partitionIndex", type: "int32", versions: [0] },
          { name: "offset", type: "int64", versions: [0] },
        ] },
      ] },
      { name: "timeoutMs", type: "int32", versions: [0] },
    ],
  }),
  DeleteRecordsResponse: () => ({
    minVersion: 0, maxVersion: 2, flexibleFrom: 2,
    fields: [
      { name: "throttleTimeMs", type: "int32", versions: [0] },
      { name: "topics", type: "[]struct", versions: [0], fields: [
        { name: "name", type: "string", versions: [0] },
        { name: "partitions", type: "[]struct", versions: [0], fields: [
          { name: "partitionIndex", type: "int32", versions: [0] },
          { name: "lowWatermark", type: "int64", versions: [0] },
          { name: "errorCode", type: "int16", versions: [0] },
        ] },
      ] },
    ],
  }),
  InitProducerIdRequest: () => ({
    minVersion: 0, maxVersion: 6, flexibleFrom: 2,
    fields: [
      { name: "transactionalId", type: "string", versions: [0], nullable: [0] },
      { name: "transactionTimeoutMs", type: "int32", versions: [0] },
      { name: "producerId", type: "int64", versions: [3], default: -1 },
      { name: "producerEpoch", type: "int16", versions: [3], default: -1 },
      { name: "enable2Pc", type: "bool", versions: [6] },
      { name: "keepPreparedTxn", type: "bool", versions: [6] },
    ],
  }),
  InitProducerIdResponse: () => ({
    minVersion: 0, maxVersion: 6, flexibleFrom: 2,
    fields: [
      { name: "throttleTimeMs", type: "int32", versions: [0], ignorable: true },
      { name: "errorCode", type: "int16", versions: [0] },
      { name: "producerId", type: "int64", versions: [0], default: -1 },
      { name: "producerEpoch", type: "int16", versions: [0] },
      { name: "ongoingTxnProducerId", type: "int64", versions: [6], default: -1 },
      { name: "ongoingTxnProducerEpoch", type: "int16", versions: [6], default: -1 },
    ],
  }),
  OffsetForLeaderEpochRequest: () => ({
    minVersion: 2, maxVersion: 4, flexibleFrom: 4,
    fields: [
      { name: "replicaId", type: "int32", versions: [3], default: -2, ignorable: true },
      { name: "topics", type: "[]struct", versions: [0], fields: [
        { name: "topic", type: "string", versions: [0] },
        { name: "partitions", type: "[]struct", versions: [0], fields: [
          { name: "partition", type: "int32", versions: [0] },
          { name: "currentLeaderEpoch", type: "int32", versions: [2], default: -1, ignorable: true },
          { name: "leaderEpoch", type: "int32", versions: [0] },
        ] },
      ] },
    ],
  }),
  OffsetForLeaderEpochResponse: () => ({
    minVersion: 2, maxVersion: 4, flexibleFrom: 4,
    fields: [
      { name: "throttleTimeMs", type: "int32", versions: [2], ignorable: true },
      { name: "topics", type: "[]struct", versions: [0], fields: [
        { name: "topic", type: "string", versions: [0] },
        { name: "partitions", type: "[]struct", versions: [0], fields: [
          { name: "errorCode", type: "int16", versions: [0] },
          { name: "partition", type: "int32", versions: [0] },
          { name: "leaderEpoch", type: "int32", versions: [1], default: -1, ignorable: true },
          { name: "endOffset", type: "int64", versions: [0], default: -1 },
        ] },
      ] },
    ],
  }),
  AddPartitionsToTxnRequest: () => ({
    minVersion: 0, maxVersion: 5, flexibleFrom: 3,
    fields: [
      { name: "transactions", type: "[]struct", versions: [4], fields: [
        { name: "transactionalId", type: "string", versions: [4] },
        { name: "producerId", type: "int64", versions: [4] },
        { name: "producerEpoch", type: "int16", versions: [4] },
        { name: "verifyOnly", type: "bool", versions: [4] },
        { name: "topics", type: "[]struct", versions: [4], fields: [
          { name: "name", type: "string", versions: [0] },
          { name: "partitions", type: "[]int32", versions: [0] },
        ] },
      ] },
      { name: "v3AndBelowTransactionalId", type: "string", versions: [0, 3] },
      { name: "v3AndBelowProducerId", type: "int64", versions: [0, 3] },
      { name: "v3AndBelowProducerEpoch", type: "int16", versions: [0, 3] },
      { name: "v3AndBelowTopics", type: "[]struct", versions: [0, 3], fields: [
        { name: "name", type: "string", versions: [0] },
        { name: "partitions", type: "[]int32", versions: [0] },
      ] },
    ],
  }),
  AddPartitionsToTxnResponse: () => ({
    minVersion: 0, maxVersion: 5, flexibleFrom: 3,
    fields: [
      { name: "throttleTimeMs", type: "int32", versions: [0] },
      { name: "errorCode", type: "int16", versions: [4], ignorable: true },
      { name: "resultsByTransaction", type: "[]struct", versions: [4], fields: [
        { name: "transactionalId", type: "string", versions: [4] },
        { name: "topicResults", type: "[]struct", versions: [4], fields: [
          { name: "name", type: "string", versions: [0] },
          { name: "resultsByPartition", type: "[]struct", versions: [0], fields: [
            { name: "partitionIndex", type: "int32", versions: [0] },
            { name: "partitionErrorCode", type: "int16", versions: [0] },
          ] },
        ] },
      ] },
      { name: "resultsByTopicV3AndBelow", type: "[]struct", versions: [0, 3], fields: [
        { name: "name", type: "string", versions: [0] },
        { name: "resultsByPartition", type: "[]struct", versions: [0], fields: [
          { name: "partitionIndex", type: "int32", versions: [0] },
          { name: "partitionErrorCode", type: "int16", versions: [0] },
        ] },
      ] },
    ],
  }),
  AddOffsetsToTxnRequest: () => ({
    minVersion: 0, maxVersion: 4, flexibleFrom: 3,
    fields: [
      { name: "transactionalId", type: "string", versions: [0] },
      { name: "producerId", type: "int64", versions: [0] },
      { name: "producerEpoch", type: "int16", versions: [0] },
      { name: "groupId", type: "string", versions: [0] },
    ],
  }),
  AddOffsetsToTxnResponse: () => ({
    minVersion: 0, maxVersion: 4, flexibleFrom: 3,
    fields: [
      { name: "throttleTimeMs", type: "int32", versions: [0] },
      { name: "errorCode", type: "int16", versions: [0] },
    ],
  }),
  EndTxnRequest: () => ({
    minVersion: 0, maxVersion: 5, flexibleFrom: 3,
    fields: [
      { name: "transactionalId", type: "string", versions: [0] },
      { name: "producerId", type: "int64", versions: [0] },
      { name: "producerEpoch", type: "int16", versions: [0] },
      { name: "committed", type: "bool", versions: [0] },
    ],
  }),
  EndTxnResponse: () => ({
    minVersion: 0, maxVersion: 5, flexibleFrom: 3,
    fields: [
      { name: "throttleTimeMs", type: "int32", versions: [0] },
      { name: "errorCode", type: "int16", versions: [0] },
      { name: "producerId", type: "int64", versions: [5], default: -1, ignorable: true },
      { name: "producerEpoch", type: "int16", versions: [5], default: -1, ignorable: true },
    ],
  }),
  WriteTxnMarkersRequest: () => ({
    minVersion: 1, maxVersion: 2, flexibleFrom: 1,
    fields: [
      { name: "markers", type: "[]struct", versions: [0], fields: [
        { name: "producerId", type: "int64", versions: [0] },
        { name: "producerEpoch", type: "int16", versions: [0] },
        { name: "transactionResult", type: "bool", versions: [0] },
        { name: "topics", type: "[]struct", versions: [0], fields: [
          { name: "name", type: "string", versions: [0] },
          { name: "partitionIndexes", type: "[]int32", versions: [0] },
        ] },
        { name: "coordinatorEpoch", type: "int32", versions: [0] },
        { name: "transactionVersion", type: "int8", versions: [2], ignorable: true },
      ] },
    ],
  }),
  WriteTxnMarkersResponse: () => ({
    minVersion: 1, maxVersion: 2, flexibleFrom: 1,
    fields: [
      { name: "markers", type: "[]struct", versions: [0], fields: [
        { name: "producerId", type: "int64", versions: [0] },
        { name: "topics", type: "[]struct", versions: [0], fields: [
          { name: "name", type: "string", versions: [0] },
          { name: "partitions", type: "[]struct", versions: [0], fields: [
            { name: "partitionIndex", type: "int32", versions: [0] },
            { name: "errorCode", type: "int16", versions: [0] },
          ] },
        ] },
      ] },
    ],
  }),
  TxnOffsetCommitRequest: () => ({
    minVersion: 0, maxVersion: 5, flexibleFrom: 3,
    fields: [
      { name: "transactionalId", type: "string", versions: [0] },
      { name: "groupId", type: "string", versions: [0] },
      { name: "producerId", type: "int64", versions: [0] },
      { name: "producerEpoch", type: "int16", versions: [0] },
      { name: "generationId", type: "int32", versions: [3], default: -1 },
      { name: "memberId", type: "string", versions: [3] },
      { name: "groupInstanceId", type: "string", versions: [3], nullable: [3], default: null },
      { name: "topics", type: "[]struct", versions: [0], fields: [
        { name: "name", type: "string", versions: [0] },
        { name: "partitions", type: "[]struct", versions: [0], fields: [
          { name: "partitionIndex", type: "int32", versions: [0] },
          { name: "committedOffset", type: "int64", versions: [0] },
          { name: "committedLeaderEpoch", type: "int32", versions: [2], default: -1, ignorable: true },
          { name: "committedMetadata", type: "string", versions: [0], nullable: [0] },
        ] },
      ] },
    ],
  }),
  TxnOffsetCommitResponse: () => ({
    minVersion: 0, maxVersion: 5, flexibleFrom: 3,
    fields: [
      { name: "throttleTimeMs", type: "int32", versions: [0] },
      { name: "topics", type: "[]struct", versions: [0], fields: [
        { name: "name", type: "string", versions: [0] },
        { name: "partitions", type: "[]struct", versions: [0], fields: [
          { name: "partitionIndex", type: "int32", versions: [0] },
          { name: "errorCode", type: "int16", versions: [0] },
        ] },
      ] },
    ],
  }),
  DescribeAclsRequest: () => ({
    minVersion: 1, maxVersion: 3, flexibleFrom: 2,
    fields: [
      { name: "resourceTypeFilter", type: "int8", versions: [0] },
      { name: "resourceNameFilter", type: "string", versions: [0], nullable: [0] },
      { name: "patternTypeFilter", type: "int8", versions: [1], default: 3 },
      { name: "principalFilter", type: "string", versions: [0], nullable: [0] },
      { name: "hostFilter", type: "string", versions: [0], nullable: [0] },
      { name: "operation", type: "int8", versions: [0] },
      { name: "permissionType", type: "int8", versions: [0] },
    ],
  }),
  DescribeAclsResponse: () => ({
    minVersion: 1, maxVersion: 3, flexibleFrom: 2,
    fields: [
      { name: "throttleTimeMs", type: "int32", versions: [0] },
      { name: "errorCode", type: "int16", versions: [0] },
      { name: "errorMessage", type: "string", versions: [0], nullable: [0] },
      { name: "resources", type: "[]struct", versions: [0], fields: [
        { name: "resourceType", type: "int8", versions: [0] },
        { name: "resourceName", type: "string", versions: [0] },
        { name: "patternType", type: "int8", versions: [1], default: 3 },
        { name: "acls", type: "[]struct", versions: [0], fields: [
          { name: "principal", type: "string", versions: [0] },
          { name: "host", type: "string", versions: [0] },
          { name: "operation", type: "int8", versions: [0] },
          { name: "permissionType", type: "int8", versions: [0] },
        ] },
      ] },
    ],
  }),
  CreateAclsRequest: () => ({
    minVersion: 1, maxVersion: 3, flexibleFrom: 2,
    fields: [
      { name: "creations", type: "[]struct", versions: [0], fields: [
        { name: "resourceType", type: "int8", versions: [0] },
        { name: "resourceName", type: "string", versions: [0] },
        { name: "resourcePatternType", type: "int8", versions: [1], default: 3 },
        { name: "principal", type: "string", versions: [0] },
        { name: "host", type: "string", versions: [0] },
        { name: "operation", type: "int8", versions: [0] },
        { name: "permissionType", type: "int8", versions: [0] },
      ] },
    ],
  }),
  CreateAclsResponse: () => ({
    minVersion: 1, maxVersion: 3, flexibleFrom: 2,
    fields: [
      { name: "throttleTimeMs", type: "int32", versions: [0] },
      { name: "results", type: "[]struct", versions: [0], fields: [
        { name: "errorCode", type: "int16", versions: [0] },
        { name: "errorMessage", type: "string", versions: [0], nullable: [0] },
      ] },
    ],
  }),
  DeleteAclsRequest: () => ({
    minVersion: 1, maxVersion: 3, flexibleFrom: 2,
    fields: [
      { name: "filters", type: "[]struct", versions: [0], fields: [
        { name: "resourceTypeFilter", type: "int8", versions: [0] },
        { name: "resourceNameFilter", type: "string", versions: [0], nullable: [0] },
        { name: "patternTypeFilter", type: "int8", versions: [1], default: 3 },
        { name: "principalFilter", type: "string", versions: [0], nullable: [0] },
        { name: "hostFilter", type: "string", versions: [0], nullable: [0] },
        { name: "operation", type: "int8", versions: [0] },
        { name: "permissionType", type: "int8", versions: [0] },
      ] },
    ],
  }),
  DeleteAclsResponse: () => ({
    minVersion: 1, maxVersion: 3, flexibleFrom: 2,
    fields: [
      { name: "throttleTimeMs", type: "int32", versions: [0] },
      { name: "filterResults", type: "[]struct", versions: [0], fields: [
        { name: "errorCode", type: "int16", versions: [0] },
        { name: "errorMessage", type: "string", versions: [0], nullable: [0] },
        { name: "matchingAcls", type: "[]struct", versions: [0], fields: [
          { name: "errorCode", type: "int16", versions: [0] },
          { name: "errorMessage", type: "string", versions: [0], nullable: [0] },
          { name: "resourceType", type: "int8", versions: [0] },
          { name: "resourceName", type: "string", versions: [0] },
          { name: "patternType", type: "int8", versions: [1], default: 3 },
          { name: "principal", type: "string", versions: [0] },
          { name: "host", type: "string", versions: [0] },
          { name: "operation", type: "int8", versions: [0] },
          { name: "permissionType", type: "int8", versions: [0] },
        ] },
      ] },
    ],
  }),
  DescribeConfigsRequest: () => ({
    minVersion: 1, maxVersion: 4, flexibleFrom: 4,
    fields: [
      { name: "resources", type: "[]struct", versions: [0], fields: [
        { name: "resourceType", type: "int8", versions: [0] },
        { name: "resourceName", type: "string", versions: [0] },
        { name: "configurationKeys", type: "[]string", versions: [0], nullable: [0] },
      ] },
      { name: "includeSynonyms", type: "bool", versions: [1] },
      { name: "includeDocumentation", type: "bool", versions: [3] },
    ],
  }),
  DescribeConfigsResponse: () => ({
    minVersion: 1, maxVersion: 4, flexibleFrom: 4,
    fields: [
      { name: "throttleTimeMs", type: "int32", versions: [0] },
      { name: "results", type: "[]struct", versions: [0], fields: [
        { name: "errorCode", type: "int16", versions: [0] },
        { name: "errorMessage", type: "string", versions: [0], nullable: [0] },
        { name: "resourceType", type: "int8", versions: [0] },
        { name: "resourceName", type: "string", versions: [0] },
        { name: "configs", type: "[]struct", versions: [0], fields: [
          { name: "name", type: "string", versions: [0] },
          { name: "value", type: "string", versions: [0], nullable: [0] },
          { name: "readOnly", type: "bool", versions: [0] },
          { name: "configSource", type: "int8", versions: [1], default: -1, ignorable: true },
          { name: "isSensitive", type: "bool", versions: [0] },
          { name: "synonyms", type: "[]struct", versions: [1], ignorable: true, fields: [
            { name: "name", type: "string", versions: [1] },
            { name: "value", type: "string", versions: [1], nullable: [0] },
            { name: "source", type: "int8", versions: [1] },
          ] },
          { name: "configType", type: "int8", versions: [3], ignorable: true },
          { name: "documentation", type: "string", versions: [3], nullable: [0], ignorable: true },
        ] },
      ] },
    ],
  }),
  AlterConfigsRequest: () => ({
    minVersion: 0, maxVersion: 2, flexibleFrom: 2,
    fields: [
      { name: "resources", type: "[]struct", versions: [0], fields: [
        { name: "resourceType", type: "int8", versions: [0] },
        { name: "resourceName", type: "string", versions: [0] },
        { name: "configs", type: "[]struct", versions: [0], fields: [
          { name: "name", type: "string", versions: [0] },
          { name: "value", type: "string", versions: [0], nullable: [0] },
        ] },
      ] },
      { name: "validateOnly", type: "bool", versions: [0] },
    ],
  }),
  AlterConfigsResponse: () => ({
    minVersion: 0, maxVersion: 2, flexibleFrom: 2,
    fields: [
      { name: "throttleTimeMs", type: "int32", versions: [0] },
      { name: "responses", type: "[]struct", versions: [0], fields: [
        { name: "errorCode", type: "int16", versions: [0] },
        { name: "errorMessage", type: "string", versions: [0], nullable: [0] },
        { name: "resourceType", type: "int8", versions: [0] },
        { name: "resourceName", type: "string", versions: [0] },
      ] },
    ],
  }),
  AlterReplicaLogDirsRequest: () => ({
    minVersion: 1, maxVersion: 2, flexibleFrom: 2,
    fields: [
      { name: "dirs", type: "[]struct", versions: [0], fields: [
        { name: "path", type: "string", versions: [0] },
        { name: "topics", type: "[]struct", versions: [0], fields: [
          { name: "name", type: "string", versions: [0] },
          { name: "partitions", type: "[]int32", versions: [0] },
        ] },
      ] },
    ],
  }),
  AlterReplicaLogDirsResponse: () => ({
    minVersion: 1, maxVersion: 2, flexibleFrom: 2,
    fields: [
      { name: "throttleTimeMs", type: "int32", versions: [0] },
      { name: "results", type: "[]struct", versions: [0], fields: [
        { name: "topicName", type: "string", versions: [0] },
        { name: "partitions", type: "[]struct", versions: [0], fields: [
          { name: "partitionIndex", type: "int32", versions: [0] },
          { name: "errorCode", type: "int16", versions: [0] },
        ] },
      ] },
    ],
  }),
  DescribeLogDirsRequest: () => ({
    minVersion: 1, maxVersion: 5, flexibleFrom: 2,
    fields: [
      { name: "topics", type: "[]struct", versions: [0], nullable: [0], fields: [
        { name: "topic", type: "string", versions: [0] },
        { name: "partitions", type: "[]int32", versions: [0] },
      ] },
    ],
  }),
  DescribeLogDirsResponse: () => ({
    minVersion: 1, maxVersion: 5, flexibleFrom: 2,
    fields: [
      { name: "throttleTimeMs", type: "int32", versions: [0] },
      { name: "errorCode", type: "int16", versions: [3], ignorable: true },
      { name: "results", type: "[]struct", versions: [0], fields: [
        { name: "errorCode", type: "int16", versions: [0] },
        { name: "logDir", type: "string", versions: [0] },
        { name: "topics", type: "[]struct", versions: [0], fields: [
          { name: "name", type: "string", versions: [0] },
          { name: "partitions", type: "[]struct", versions: [0], fields: [
            { name: "partitionIndex", type: "int32", versions: [0] },
            { name: "partitionSize", type: "int64", versions: [0] },
            { name: "offsetLag", type: "int64", versions: [0] },
            { name: "isFutureKey", type: "bool", versions: [0] },
          ] },
        ] },
        { name: "totalBytes", type: "int64", versions: [4], default: -1, ignorable: true },
        { name: "usableBytes", type: "int64", versions: [4], default: -1, ignorable: true },
        { name: "isCordoned", type: "bool", versions: [5], ignorable: true },
      ] },
    ],
  }),
  SaslAuthenticateRequest: () => ({
    minVersion: 0, maxVersion: 2, flexibleFrom: 2,
    fields: [
      { name: "authBytes", type: "bytes", versions: [0] },
    ],
  }),
  SaslAuthenticateResponse: () => ({
    minVersion: 0, maxVersion: 2, flexibleFrom: 2,
    fields: [
      { name: "errorCode", type: "int16", versions: [0] },
      { name: "errorMessage", type: "string", versions: [0], nullable: [0] },
      { name: "authBytes", type: "bytes", versions: [0] },
      { name: "sessionLifetimeMs", type: "int64", versions: [1], ignorable: true },
    ],
  }),
  CreatePartitionsRequest: () => ({
    minVersion: 0, maxVersion: 3, flexibleFrom: 2,
    fields: [
      { name: "topics", type: "[]struct", versions: [0], fields: [
        { name: "name", type: "string", versions: [0] },
        { name: "count", type: "int32", versions: [0] },
        { name: "assignments", type: "[]struct", versions: [0], nullable: [0], fields: [
          { name: "brokerIds", type: "[]int32", versions: [0] },
        ] },
      ] },
      { name: "timeoutMs", type: "int32", versions: [0] },
      { name: "validateOnly", type: "bool", versions: [0] },
    ],
  }),
  CreatePartitionsResponse: () => ({
    minVersion: 0, maxVersion: 3, flexibleFrom: 2,
    fields: [
      { name: "throttleTimeMs", type: "int32", versions: [0] },
      { name: "results", type: "[]struct", versions: [0], fields: [
        { name: "name", type: "string", versions: [0] },
        { name: "errorCode", type: "int16", versions: [0] },
        { name: "errorMessage", type: "string", versions: [0], nullable: [0], default: null },
      ] },
    ],
  }),
  CreateDelegationTokenRequest: () => ({
    minVersion: 1, maxVersion: 3, flexibleFrom: 2,
    fields: [
      { name: "ownerPrincipalType", type: "string", versions: [3], nullable: [3] },
      { name: "ownerPrincipalName", type: "string", versions: [3], nullable: [3] },
      { name: "renewers", type: "[]struct", versions: [0], fields: [
        { name: "principalType", type: "string", versions: [0] },
        { name: "principalName", type: "string", versions: [0] },
      ] },
      { name: "maxLifetimeMs", type: "int64", versions: [0] },
    ],
  }),
  CreateDelegationTokenResponse: () => ({
    minVersion: 1, maxVersion: 3, flexibleFrom: 2,
    fields: [
      { name: "errorCode", type: "int16", versions: [0] },
      { name: "principalType", type: "string", versions: [0] },
      { name: "principalName", type: "string", versions: [0] },
      { name: "tokenRequesterPrincipalType", type: "string", versions: [3] },
      { name: "tokenRequesterPrincipalName", type: "string", versions: [3] },
      { name: "issueTimestampMs", type: "int64", versions: [0] },
      { name: "expiryTimestampMs", type: "int64", versions: [0] },
      { name: "maxTimestampMs", type: "int64", versions: [0] },
      { name: "tokenId", type: "string", versions: [0] },
      { name: "hmac", type: "bytes", versions: [0] },
      { name: "throttleTimeMs", type: "int32", versions: [0] },
    ],
  }),
  RenewDelegationTokenRequest: () => ({
    minVersion: 1, maxVersion: 2, flexibleFrom: 2,
    fields: [
      { name: "hmac", type: "bytes", versions: [0] },
      { name: "renewPeriodMs", type: "int64", versions: [0] },
    ],
  }),
  RenewDelegationTokenResponse: () => ({
    minVersion: 1, maxVersion: 2, flexibleFrom: 2,
    fields: [
      { name: "errorCode", type: "int16", versions: [0] },
      { name: "expiryTimestampMs", type: "int64", versions: [0] },
      { name: "throttleTimeMs", type: "int32", versions: [0] },
    ],
  }),
  ExpireDelegationTokenRequest: () => ({
    minVersion: 1, maxVersion: 2, flexibleFrom: 2,
    fields: [
      { name: "hmac", type: "bytes", versions: [0] },
      { name: "expiryTimePeriodMs", type: "int64", versions: [0] },
    ],
  }),
  ExpireDelegationTokenResponse: () => ({
    minVersion: 1, maxVersion: 2, flexibleFrom: 2,
    fields: [
      { name: "errorCode", type: "int16", versions: [0] },
      { name: "expiryTimestampMs", type: "int64", versions: [0] },
      { name: "throttleTimeMs", type: "int32", versions: [0] },
    ],
  }),
  DescribeDelegationTokenRequest: () => ({
    minVersion: 1, maxVersion: 3, flexibleFrom: 2,
    fields: [
      { name: "owners", type: "[]struct", versions: [0], nullable: [0], fields: [
        { name: "principalType", type: "string", versions: [0] },
        { name: "principalName", type: "string", versions: [0] },
      ] },
    ],
  }),
  DescribeDelegationTokenResponse: () => ({
    minVersion: 1, maxVersion: 3, flexibleFrom: 2,
    fields: [
      { name: "errorCode", type: "int16", versions: [0] },
      { name: "tokens", type: "[]struct", versions: [0], fields: [
        { name: "principalType", type: "string", versions: [0] },
        { name: "principalName", type: "string", versions: [0] },
        { name: "tokenRequesterPrincipalType", type: "string", versions: [3] },
        { name: "tokenRequesterPrincipalName", type: "string", versions: [3] },
        { name: "issueTimestamp", type: "int64", versions: [0] },
        { name: "expiryTimestamp", type: "int64", versions: [0] },
        { name: "maxTimestamp", type: "int64", versions: [0] },
        { name: "tokenId", type: "string", versions: [0] },
        { name: "hmac", type: "bytes", versions: [0] },
        { name: "renewers", type: "[]struct", versions: [0], fields: [
          { name: "principalType", type: "string", versions: [0] },
          { name: "principalName", type: "string", versions: [0] },
        ] },
      ] },
      { name: "throttleTimeMs", type: "int32", versions: [0] },
    ],
  }),
  DeleteGroupsRequest: () => ({
    minVersion: 0, maxVersion: 2, flexibleFrom: 2,
    fields: [
      { name: "groupsNames", type: "[]string", versions: [0] },
    ],
  }),
  DeleteGroupsResponse: () => ({
    minVersion: 0, maxVersion: 2, flexibleFrom: 2,
    fields: [
      { name: "throttleTimeMs", type: "int32", versions: [0] },
      { name: "results", type: "[]struct", versions: [0], fields: [
        { name: "groupId", type: "string", versions: [0] },
        { name: "errorCode", type: "int16", versions: [0] },
      ] },
    ],
  }),
  ElectLeadersRequest: () => ({
    minVersion: 0, maxVersion: 2, flexibleFrom: 2,
    fields: [
      { name: "electionType", type: "int8", versions: [1] },
      { name: "topicPartitions", type: "[]struct", versions: [0], nullable: [0], fields: [
        { name: "topic", type: "string", versions: [0] },
        { name: "partitions", type: "[]int32", versions: [0] },
      ] },
      { name: "timeoutMs", type: "int32", versions: [0], default: 60000 },
    ],
  }),
  ElectLeadersResponse: () => ({
    minVersion: 0, maxVersion: 2, flexibleFrom: 2,
    fields: [
      { name: "throttleTimeMs", type: "int32", versions: [0] },
      { name: "errorCode", type: "int16", versions: [1] },
      { name: "replicaElectionResults", type: "[]struct", versions: [0], fields: [
        { name: "topic", type: "string", versions: [0] },
        { name: "partitionResult", type: "[]struct", versions: [0], fields: [
          { name: "partitionId", type: "int32", versions: [0] },
          { name: "errorCode", type: "int16", versions: [0] },
          { name: "errorMessage", type: "string", versions: [0], nullable: [0] },
        ] },
      ] },
    ],
  }),
  IncrementalAlterConfigsRequest: () => ({
    minVersion: 0, maxVersion: 1, flexibleFrom: 1,
    fields: [
      { name: "resources", type: "[]struct", versions: [0], fields: [
        { name: "resourceType", type: "int8", versions: [0] },
        { name: "resourceName", type: "string", versions: [0] },
        { name: "configs", type: "[]struct", versions: [0], fields: [
          { name: "name", type: "string", versions: [0] },
          { name: "configOperation", type: "int8", versions: [0] },
          { name: "value", type: "string", versions: [0], nullable: [0] },
        ] },
      ] },
      { name: "validateOnly", type: "bool", versions: [0] },
    ],
  }),
  IncrementalAlterConfigsResponse: () => ({
    minVersion: 0, maxVersion: 1, flexibleFrom: 1,
    fields: [
      { name: "throttleTimeMs", type: "int32", versions: [0] },
      { name: "responses", type: "[]struct", versions: [0], fields: [
        { name: "errorCode", type: "int16", versions: [0] },
        { name: "errorMessage", type: "string", versions: [0], nullable: [0] },
        { name: "resourceType", type: "int8", versions: [0] },
        { name: "resourceName", type: "string", versions: [0] },
      ] },
    ],
  }),
  AlterPartitionReassignmentsRequest: () => ({
    minVersion: 0, maxVersion: 1, flexibleFrom: 0,
    fields: [
      { name: "timeoutMs", type: "int32", versions: [0], default: 60000 },
      { name: "allowReplicationFactorChange", type: "bool", versions: [1], default: true },
      { name: "topics", type: "[]struct", versions: [0], fields: [
        { name: "name", type: "string", versions: [0] },
        { name: "partitions", type: "[]struct", versions: [0], fields: [
          { name: "partitionIndex", type: "int32", versions: [0] },
          { name: "replicas", type: "[]int32", versions: [0], nullable: [0], default: null },
        ] },
      ] },
    ],
  }),
  AlterPartitionReassignmentsResponse: () => ({
    minVersion: 0, maxVersion: 1, flexibleFrom: 0,
    fields: [
      { name: "throttleTimeMs", type: "int32", versions: [0] },
      { name: "allowReplicationFactorChange", type: "bool", versions: [1], default: true, ignorable: true },
      { name: "errorCode", type: "int16", versions: [0] },
      { name: "errorMessage", type: "string", versions: [0], nullable: [0] },
      { name: "responses", type: "[]struct", versions: [0], fields: [
        { name: "name", type: "string", versions: [0] },
        { name: "partitions", type: "[]struct", versions: [0], fields: [
          { name: "partitionIndex", type: "int32", versions: [0] },
          { name: "errorCode", type: "int16", versions: [0] },
          { name: "errorMessage", type: "string", versions: [0], nullable: [0] },
        ] },
      ] },
    ],
  }),
  ListPartitionReassignmentsRequest: () => ({
    minVersion: 0, maxVersion: 0, flexibleFrom: 0,
    fields: [
      { name: "timeoutMs", type: "int32", versions: [0], default: 60000 },
      { name: "topics", type: "[]struct", versions: [0], nullable: [0], default: null, fields: [
        { name: "name", type: "string", versions: [0] },
        { name: "partitionIndexes", type: "[]int32", versions: [0] },
      ] },
    ],
  }),
  ListPartitionReassignmentsResponse: () => ({
    minVersion: 0, maxVersion: 0, flexibleFrom: 0,
    fields: [
      { name: "throttleTimeMs", type: "int32", versions: [0] },
      { name: "errorCode", type: "int16", versions: [0] },
      { name: "errorMessage", type: "string", versions: [0], nullable: [0] },
      { name: "topics", type: "[]struct", versions: [0], fields: [
        { name: "name", type: "string", versions: [0] },
        { name: "partitions", type: "[]struct", versions: [0], fields: [
          { name: "partitionIndex", type: "int32", versions: [0] },
          { name: "replicas", type: "[]int32", versions: [0] },
          { name: "addingReplicas", type: "[]int32", versions: [0] },
          { name: "removingReplicas", type: "[]int32", versions: [0] },
        ] },
      ] },
    ],
  }),
  OffsetDeleteRequest: () => ({
    minVersion: 0, maxVersion: 0,
    fields: [
      { name: "groupId", type: "string", versions: [0] },
      { name: "topics", type: "[]struct", versions: [0], fields: [
        { name: "name", type: "string", versions: [0] },
        { name: "partitions", type: "[]struct", versions: [0], fields: [
          { name: "partitionIndex", type: "int32", versions: [0] },
        ] },
      ] },
    ],
  }),
  OffsetDeleteResponse: () => ({
    minVersion: 0, maxVersion: 0,
    fields: [
      { name: "errorCode", type: "int16", versions: [0] },
      { name: "throttleTimeMs", type: "int32", versions: [0], ignorable: true },
      { name: "topics", type: "[]struct", versions: [0], fields: [
        { name: "name", type: "string", versions: [0] },
        { name: "partitions", type: "[]struct", versions: [0], fields: [
          { name: "partitionIndex", type: "int32", versions: [0] },
          { name: "errorCode", type: "int16", versions: [0] },
        ] },
      ] },
    ],
  }),
  DescribeClientQuotasRequest: () => ({
    minVersion: 0, maxVersion: 1, flexibleFrom: 1,
    fields: [
      { name: "components", type: "[]struct", versions: [0], fields: [
        { name: "entityType", type: "string", versions: [0] },
        { name: "matchType", type: "int8", versions: [0] },
        { name: "match", type: "string", versions: [0], nullable: [0] },
      ] },
      { name: "strict", type: "bool", versions: [0] },
    ],
  }),
  DescribeClientQuotasResponse: () => ({
    minVersion: 0, maxVersion: 1, flexibleFrom: 1,
    fields: [
      { name: "throttleTimeMs", type: "int32", versions: [0] },
      { name: "errorCode", type: "int16", versions: [0] },
      { name: "errorMessage", type: "string", versions: [0], nullable: [0] },
      { name: "entries", type: "[]struct", versions: [0], nullable: [0], fields: [
        { name: "entity", type: "[]struct", versions: [0], fields: [
          { name: "entityType", type: "string", versions: [0] },
          { name: "entityName", type: "string", versions: [0], nullable: [0] },
        ] },
        { name: "values", type: "[]struct", versions: [0], fields: [
          { name: "key", type: "string", versions: [0] },
          { name: "value", type: "float64", versions: [0] },
        ] },
      ] },
    ],
  }),
  AlterClientQuotasRequest: () => ({
    minVersion: 0, maxVersion: 1, flexibleFrom: 1,
    fields: [
      { name: "entries", type: "[]struct", versions: [0], fields: [
        { name: "entity", type: "[]struct", versions: [0], fields: [
          { name: "entityType", type: "string", versions: [0] },
          { name: "entityName", type: "string", versions: [0], nullable: [0] },
        ] },
        { name: "ops", type: "[]struct", versions: [0], fields: [
          { name: "key", type: "string", versions: [0] },
          { name: "value", type: "float64", versions: [0] },
          { name: "remove", type: "bool", versions: [0] },
        ] },
      ] },
      { name: "validateOnly", type: "bool", versions: [0] },
    ],
  }),
  AlterClientQuotasResponse: () => ({
    minVersion: 0, maxVersion: 1, flexibleFrom: 1,
    fields: [
      { name: "throttleTimeMs", type: "int32", versions: [0] },
      { name: "entries", type: "[]struct", versions: [0], fields: [
        { name: "errorCode", type: "int16", versions: [0] },
        { name: "errorMessage", type: "string", versions: [0], nullable: [0] },
        { name: "entity", type: "[]struct", versions: [0], fields: [
          { name: "entityType", type: "string", versions: [0] },
          { name: "entityName", type: "string", versions: [0], nullable: [0] },
        ] },
      ] },
    ],
  }),
  DescribeUserScramCredentialsRequest: () => ({
    minVersion: 0, maxVersion: 0, flexibleFrom: 0,
    fields: [
      { name: "users", type: "[]struct", versions: [0], nullable: [0], fields: [
        { name: "name", type: "string", versions: [0] },
      ] },
    ],
  }),
  DescribeUserScramCredentialsResponse: () => ({
    minVersion: 0, maxVersion: 0, flexibleFrom: 0,
    fields: [
      { name: "throttleTimeMs", type: "int32", versions: [0] },
      { name: "errorCode", type: "int16", versions: [0] },
      { name: "errorMessage", type: "string", versions: [0], nullable: [0] },
      { name: "results", type: "[]struct", versions: [0], fields: [
        { name: "user", type: "string", versions: [0] },
        { name: "errorCode", type: "int16", versions: [0] },
        { name: "errorMessage", type: "string", versions: [0], nullable: [0] },
        { name: "credentialInfos", type: "[]struct", versions: [0], fields: [
          { name: "mechanism", type: "int8", versions: [0] },
          { name: "iterations", type: "int32", versions: [0] },
        ] },
      ] },
    ],
  }),
  AlterUserScramCredentialsRequest: () => ({
    minVersion: 0, maxVersion: 0, flexibleFrom: 0,
    fields: [
      { name: "deletions", type: "[]struct", versions: [0], fields: [
        { name: "name", type: "string", versions: [0] },
        { name: "mechanism", type: "int8", versions: [0] },
      ] },
      { name: "upsertions", type: "[]struct", versions: [0], fields: [
        { name: "name", type: "string", versions: [0] },
        { name: "mechanism", type: "int8", versions: [0] },
        { name: "iterations", type: "int32", versions: [0] },
        { name: "salt", type: "bytes", versions: [0] },
        { name: "saltedPassword", type: "bytes", versions: [0] },
      ] },
    ],
  }),
  AlterUserScramCredentialsResponse: () => ({
    minVersion: 0, maxVersion: 0, flexibleFrom: 0,
    fields: [
      { name: "throttleTimeMs", type: "int32", versions: [0] },
      { name: "results", type: "[]struct", versions: [0], fields: [
        { name: "user", type: "string", versions: [0] },
        { name: "errorCode", type: "int16", versions: [0] },
        { name: "errorMessage", type: "string", versions: [0], nullable: [0] },
      ] },
    ],
  }),
  DescribeQuorumRequest: () => ({
    minVersion: 0, maxVersion: 2, flexibleFrom: 0,
    fields: [
      { name: "topics", type: "[]struct", versions: [0], fields: [
        { name: "topicName", type: "string", versions: [0] },
        { name: "partitions", type: "[]struct", versions: [0], fields: [
          { name: "partitionIndex", type: "int32", versions: [0] },
        ] },
      ] },
    ],
  }),
  DescribeQuorumResponse: () => ({
    minVersion: 0, maxVersion: 2, flexibleFrom: 0,
    fields: [
      { name: "errorCode", type: "int16", versions: [0] },
      { name: "errorMessage", type: "string", versions: [2], nullable: [2], ignorable: true },
      { name: "topics", type: "[]struct", versions: [0], fields: [
        { name: "topicName", type: "string", versions: [0] },
        { name: "partitions", type: "[]struct", versions: [0], fields: [
          { name: "partitionIndex", type: "int32", versions: [0] },
          { name: "errorCode", type: "int16", versions: [0] },
          { name: "errorMessage", type: "string", versions: [2], nullable: [2], ignorable: true },
          { name: "leaderId", type: "int32", versions: [0] },
          { name: "leaderEpoch", type: "int32", versions: [0] },
          { name: "highWatermark", type: "int64", versions: [0] },
          { name: "currentVoters", type: "[]struct", versions: [0], fields: [
            { name: "replicaId", type: "int32", versions: [0] },
            { name: "replicaDirectoryId", type: "uuid", versions: [2] },
            { name: "logEndOffset", type: "int64", versions: [0] },
            { name: "lastFetchTimestamp", type: "int64", versions: [1], default: -1, ignorable: true },
            { name: "lastCaughtUpTimestamp", type: "int64", versions: [1], default: -1, ignorable: true },
          ] },
          { name: "observers", type: "[]struct", versions: [0], fields: [
            { name: "replicaId", type: "int32", versions: [0] },
            { name: "replicaDirectoryId", type: "uuid", versions: [2] },
            { name: "logEndOffset", type: "int64", versions: [0] },
            { name: "lastFetchTimestamp", type: "int64", versions: [1], default: -1, ignorable: true },
            { name: "lastCaughtUpTimestamp", type: "int64", versions: [1], default: -1, ignorable: true },
          ] },
        ] },
      ] },
      { name: "nodes", type: "[]struct", versions: [2], fields: [
        { name: "nodeId", type: "int32", versions: [2] },
        { name: "listeners", type: "[]struct", versions: [2], fields: [
          { name: "name", type: "string", versions: [2] },
          { name: "host", type: "string", versions: [2] },
          { name: "port", type: "uint16", versions: [2] },
        ] },
      ] },
    ],
  }),
  UpdateFeaturesRequest: () => ({
    minVersion: 0, maxVersion: 2, flexibleFrom: 0,
    fields: [
      { name: "timeoutMs", type: "int32", versions: [0], default: 60000 },
      { name: "featureUpdates", type: "[]struct", versions: [0], fields: [
        { name: "feature", type: "string", versions: [0] },
        { name: "maxVersionLevel", type: "int16", versions: [0] },
        { name: "allowDowngrade", type: "bool", versions: [0, 0] },
        { name: "upgradeType", type: "int8", versions: [1], default: 1 },
      ] },
      { name: "validateOnly", type: "bool", versions: [1] },
    ],
  }),
  UpdateFeaturesResponse: () => ({
    minVersion: 0, maxVersion: 2, flexibleFrom: 0,
    fields: [
      { name: "throttleTimeMs", type: "int32", versions: [0] },
      { name: "errorCode", type: "int16", versions: [0] },
      { name: "errorMessage", type: "string", versions: [0], nullable: [0] },
      { name: "results", type: "[]struct", versions: [0, 1], ignorable: true, fields: [
        { name: "feature", type: "string", versions: [0] },
        { name: "errorCode", type: "int16", versions: [0] },
        { name: "errorMessage", type: "string", versions: [0], nullable: [0] },
      ] },
    ],
  }),
  DescribeClusterRequest: () => ({
    minVersion: 0, maxVersion: 2, flexibleFrom: 0,
    fields: [
      { name: "includeClusterAuthorizedOperations", type: "bool", versions: [0] },
      { name: "endpointType", type: "int8", versions: [1], default: 1 },
      { name: "includeFencedBrokers", type: "bool", versions: [2] },
    ],
  }),
  DescribeClusterResponse: () => ({
    minVersion: 0, maxVersion: 2, flexibleFrom: 0,
    fields: [
      { name: "throttleTimeMs", type: "int32", versions: [0] },
      { name: "errorCode", type: "int16", versions: [0] },
      { name: "errorMessage", type: "string", versions: [0], nullable: [0], default: null },
      { name: "endpointType", type: "int8", versions: [1], default: 1 },
      { name: "clusterId", type: "string", versions: [0] },
      { name: "controllerId", type: "int32", versions: [0], default: -1 },
      { name: "brokers", type: "[]struct", versions: [0], fields: [
        { name: "brokerId", type: "int32", versions: [0] },
        { name: "host", type: "string", versions: [0] },
        { name: "port", type: "int32", versions: [0] },
        { name: "rack", type: "string", versions: [0], nullable: [0], default: null },
        { name: "isFenced", type: "bool", versions: [2] },
      ] },
      { name: "clusterAuthorizedOperations", type: "int32", versions: [0], default: -2147483648 },
    ],
  }),
  DescribeProducersRequest: () => ({
    minVersion: 0, maxVersion: 0, flexibleFrom: 0,
    fields: [
      { name: "topics", type: "[]struct", versions: [0], fields: [
        { name: "name", type: "string", versions: [0] },
        { name: "partitionIndexes", type: "[]int32", versions: [0] },
      ] },
    ],
  }),
  DescribeProducersResponse: () => ({
    minVersion: 0, maxVersion: 0, flexibleFrom: 0,
    fields: [
      { name: "throttleTimeMs", type: "int32", versions: [0] },
      { name: "topics", type: "[]struct", versions: [0], fields: [
        { name: "name", type: "string", versions: [0] },
        { name: "partitions", type: "[]struct", versions: [0], fields: [
          { name: "partitionIndex", type: "int32", versions: [0] },
          { name: "errorCode", type: "int16", versions: [0] },
          { name: "errorMessage", type: "string", versions: [0], nullable: [0], default: null },
          { name: "activeProducers", type: "[]struct", versions: [0], fields: [
            { name: "producerId", type: "int64", versions: [0] },
            { name: "producerEpoch", type: "int32", versions: [0] },
            { name: "lastSequence", type: "int32", versions: [0], default: -1 },
            { name: "lastTimestamp", type: "int64", versions: [0], default: -1 },
            { name: "coordinatorEpoch", type: "int32", versions: [0] },
            { name: "currentTxnStartOffset", type: "int64", versions: [0], default: -1 },
          ] },
        ] },
      ] },
    ],
  }),
  UnregisterBrokerRequest: () => ({
    minVersion: 0, maxVersion: 0, flexibleFrom: 0,
    fields: [
      { name: "brokerId", type: "int32", versions: [0] },
    ],
  }),
  UnregisterBrokerResponse: () => ({
    minVersion: 0, maxVersion: 0, flexibleFrom: 0,
    fields: [
      { name: "throttleTimeMs", type: "int32", versions: [0] },
      { name: "errorCode", type: "int16", versions: [0] },
      { name: "errorMessage", type: "string", versions: [0], nullable: [0] },
    ],
  }),
  DescribeTransactionsRequest: () => ({
    minVersion: 0, maxVersion: 0, flexibleFrom: 0,
    fields: [
      { name: "transactionalIds", type: "[]string", versions: [0] },
    ],
  }),
  DescribeTransactionsResponse: () => ({
    minVersion: 0, maxVersion: 0, flexibleFrom: 0,
    fields: [
      { name: "throttleTimeMs", type: "int32", versions: [0] },
      { name: "transactionStates", type: "[]struct", versions: [0], fields: [
        { name: "errorCode", type: "int16", versions: [0] },
        { name: "transactionalId", type: "string", versions: [0] },
        { name: "transactionState", type: "string", versions: [0] },
        { name: "transactionTimeoutMs", type: "int32", versions: [0] },
        { name: "transactionStartTimeMs", type: "int64", versions: [0] },
        { name: "producerId", type: "int64", versions: [0] },
        { name: "producerEpoch", type: "int16", versions: [0] },
        { name: "topics", type: "[]struct", versions: [0], fields: [
          { name: "topic", type: "string", versions: [0] },
          { name: "partitions", type: "[]int32", versions: [0] },
        ] },
      ] },
    ],
  }),
  ListTransactionsRequest: () => ({
    minVersion: 0, maxVersion: 2, flexibleFrom: 0,
    fields: [
      { name: "stateFilters", type: "[]string", versions: [0] },
      { name: "producerIdFilters", type: "[]int64", versions: [0] },
      { name: "durationFilter", type: "int64", versions: [1], default: -1 },
      { name: "transactionalIdPattern", type: "string", versions: [2], nullable: [2], default: null },
    ],
  }),
  ListTransactionsResponse: () => ({
    minVersion: 0, maxVersion: 2, flexibleFrom: 0,
    fields: [
      { name: "throttleTimeMs", type: "int32", versions: [0] },
      { name: "errorCode", type: "int16", versions: [0] },
      { name: "unknownStateFilters", type: "[]string", versions: [0] },
      { name: "transactionStates", type: "[]struct", versions: [0], fields: [
        { name: "transactionalId", type: "string", versions: [0] },
        { name: "producerId", type: "int64", versions: [0] },
        { name: "transactionState", type: "string", versions: [0] },
      ] },
    ],
  }),
  ConsumerGroupHeartbeatRequest: () => ({
    minVersion: 0, maxVersion: 1, flexibleFrom: 0,
    fields: [
      { name: "groupId", type: "string", versions: [0] },
      { name: "memberId", type: "string", versions: [0] },
      { name: "memberEpoch", type: "int32", versions: [0] },
      { name: "instanceId", type: "string", versions: [0], nullable: [0], default: null },
      { name: "rackId", type: "string", versions: [0], nullable: [0], default: null },
      { name: "rebalanceTimeoutMs", type: "int32", versions: [0], default: -1 },
      { name: "subscribedTopicNames", type: "[]string", versions: [0], nullable: [0], default: null },
      { name: "subscribedTopicRegex", type: "string", versions: [1], nullable: [1], default: null },
      { name: "serverAssignor", type: "string", versions: [0], nullable: [0], default: null },
      { name: "topicPartitions", type: "[]struct", versions: [0], nullable: [0], default: null, fields: [
        { name: "topicId", type: "uuid", versions: [0] },
        { name: "partitions", type: "[]int32", versions: [0] },
      ] },
    ],
  }),
  ConsumerGroupHeartbeatResponse: () => ({
    minVersion: 0, maxVersion: 1, flexibleFrom: 0,
    fields: [
      { name: "throttleTimeMs", type: "int32", versions: [0] },
      { name: "errorCode", type: "int16", versions: [0] },
      { name: "errorMessage", type: "string", versions: [0], nullable: [0], default: null },
      { name: "memberId", type: "string", versions: [0], nullable: [0], default: null },
      { name: "memberEpoch", type: "int32", versions: [0] },
      { name: "heartbeatIntervalMs", type: "int32", versions: [0] },
      { name: "assignment", type: "struct", versions: [0], nullable: [0], default: null, fields: [
        { name: "topicPartitions", type: "[]struct", versions: [0], fields: [
          { name: "topicId", type: "uuid", versions: [0] },
          { name: "partitions", type: "[]int32", versions: [0] },
        ] },
      ] },
    ],
  }),
  ConsumerGroupDescribeRequest: () => ({
    minVersion: 0, maxVersion: 1, flexibleFrom: 0,
    fields: [
      { name: "groupIds", type: "[]string", versions: [0] },
      { name: "includeAuthorizedOperations", type: "bool", versions: [0] },
    ],
  }),
  ConsumerGroupDescribeResponse: () => ({
    minVersion: 0, maxVersion: 1, flexibleFrom: 0,
    fields: [
      { name: "throttleTimeMs", type: "int32", versions: [0] },
      { name: "groups", type: "[]struct", versions: [0], fields: [
        { name: "errorCode", type: "int16", versions: [0] },
        { name: "errorMessage", type: "string", versions: [0], nullable: [0], default: null },
        { name: "groupId", type: "string", versions: [0] },
        { name: "groupState", type: "string", versions: [0] },
        { name: "groupEpoch", type: "int32", versions: [0] },
        { name: "assignmentEpoch", type: "int32", versions: [0] },
        { name: "assignorName", type: "string", versions: [0] },
        { name: "members", type: "[]struct", versions: [0], fields: [
          { name: "memberId", type: "string", versions: [0] },
          { name: "instanceId", type: "string", versions: [0], nullable: [0], default: null },
          { name: "rackId", type: "string", versions: [0], nullable: [0], default: null },
          { name: "memberEpoch", type: "int32", versions: [0] },
          { name: "clientId", type: "string", versions: [0] },
          { name: "clientHost", type: "string", versions: [0] },
          { name: "subscribedTopicNames", type: "[]string", versions: [0] },
          { name: "subscribedTopicRegex", type: "string", versions: [0], nullable: [0], default: null },
          { name: "assignment", type: "struct", versions: [0], fields: [
            { name: "topicPartitions", type: "[]struct", versions: [0], fields: [
              { name: "topicId", type: "uuid", versions: [0] },
              { name: "topicName", type: "string", versions: [0] },
              { name: "partitions", type: "[]int32", versions: [0] },
            ] },
          ] },
          { name: "targetAssignment", type: "struct", versions: [0], fields: [
            { name: "topicPartitions", type: "[]struct", versions: [0], fields: [
              { name: "topicId", type: "uuid", versions: [0] },
              { name: "topicName", type: "string", versions: [0] },
              { name: "partitions", type: "[]int32", versions: [0] },
            ] },
          ] },
          { name: "memberType", type: "int8", versions: [1], default: -1, ignorable: true },
        ] },
        { name: "authorizedOperations", type: "int32", versions: [0], default: -2147483648 },
      ] },
    ],
  }),
  GetTelemetrySubscriptionsRequest: () => ({
    minVersion: 0, maxVersion: 0, flexibleFrom: 0,
    fields: [
      { name: "clientInstanceId", type: "uuid", versions: [0] },
    ],
  }),
  GetTelemetrySubscriptionsResponse: () => ({
    minVersion: 0, maxVersion: 0, flexibleFrom: 0,
    fields: [
      { name: "throttleTimeMs", type: "int32", versions: [0] },
      { name: "errorCode", type: "int16", versions: [0] },
      { name: "clientInstanceId", type: "uuid", versions: [0] },
      { name: "subscriptionId", type: "int32", versions: [0] },
      { name: "acceptedCompressionTypes", type: "[]int8", versions: [0] },
      { name: "pushIntervalMs", type: "int32", versions: [0] },
      { name: "telemetryMaxBytes", type: "int32", versions: [0] },
      { name: "deltaTemporality", type: "bool", versions: [0] },
      { name: "requestedMetrics", type: "[]string", versions: [0] },
    ],
  }),
  PushTelemetryRequest: () => ({
    minVersion: 0, maxVersion: 0, flexibleFrom: 0,
    fields: [
      { name: "clientInstanceId", type: "uuid", versions: [0] },
      { name: "subscriptionId", type: "int32", versions: [0] },
      { name: "terminating", type: "bool", versions: [0] },
      { name: "compressionType", type: "int8", versions: [0] },
      { name: "metrics", type: "bytes", versions: [0] },
    ],
  }),
  PushTelemetryResponse: () => ({
    minVersion: 0, maxVersion: 0, flexibleFrom: 0,
    fields: [
      { name: "throttleTimeMs", type: "int32", versions: [0] },
      { name: "errorCode", type: "int16", versions: [0] },
    ],
  }),
  ListConfigResourcesRequest: () => ({
    minVersion: 0, maxVersion: 1, flexibleFrom: 0,
    fields: [
      { name: "resourceTypes", type: "[]int8", versions: [1] },
    ],
  }),
  ListConfigResourcesResponse: () => ({
    minVersion: 0, maxVersion: 1, flexibleFrom: 0,
    fields: [
      { name: "throttleTimeMs", type: "int32", versions: [0] },
      { name: "errorCode", type: "int16", versions: [0] },
      { name: "configResources", type: "[]struct", versions: [0], fields: [
        { name: "resourceName", type: "string", versions: [0] },
        { name: "resourceType", type: "int8", versions: [1], default: 16, ignorable: true },
      ] },
    ],
  }),
  DescribeTopicPartitionsRequest: () => ({
    minVersion: 0, maxVersion: 0, flexibleFrom: 0,
    fields: [
      { name: "topics", type: "[]struct", versions: [0], fields: [
        { name: "name", type: "string", versions: [0] },
      ] },
      { name: "responsePartitionLimit", type: "int32", versions: [0], default: 2000 },
      { name: "cursor", type: "struct", versions: [0], nullable: [0], default: null, fields: [
        { name: "topicName", type: "string", versions: [0] },
        { name: "partitionIndex", type: "int32", versions: [0] },
      ] },
    ],
  }),
  DescribeTopicPartitionsResponse: () => ({
    minVersion: 0, maxVersion: 0, flexibleFrom: 0,
    fields: [
      { name: "throttleTimeMs", type: "int32", versions: [0], ignorable: true },
      { name: "topics", type: "[]struct", versions: [0], fields: [
        { name: "errorCode", type: "int16", versions: [0] },
        { name: "name", type: "string", versions: [0], nullable: [0] },
        { name: "topicId", type: "uuid", versions: [0], ignorable: true },
        { name: "isInternal", type: "bool", versions: [0], ignorable: true },
        { name: "partitions", type: "[]struct", versions: [0], fields: [
          { name: "errorCode", type: "int16", versions: [0] },
          { name: "partitionIndex", type: "int32", versions: [0] },
          { name: "leaderId", type: "int32", versions: [0] },
          { name: "leaderEpoch", type: "int32", versions: [0], default: -1, ignorable: true },
          { name: "replicaNodes", type: "[]int32", versions: [0] },
          { name: "isrNodes", type: "[]int32", versions: [0] },
          { name: "eligibleLeaderReplicas", type: "[]int32", versions: [0], nullable: [0], default: null },
          { name: "lastKnownElr", type: "[]int32", versions: [0], nullable: [0], default: null },
          { name: "offlineReplicas", type: "[]int32", versions: [0], ignorable: true },
        ] },
        { name: "topicAuthorizedOperations", type: "int32", versions: [0], default: -2147483648 },
      ] },
      { name: "nextCursor", type: "struct", versions: [0], nullable: [0], default: null, fields: [
        { name: "topicName", type: "string", versions: [0] },
        { name: "partitionIndex", type: "int32", versions: [0] },
      ] },
    ],
  }),
  ShareGroupHeartbeatRequest: () => ({
    minVersion: 1, maxVersion: 1, flexibleFrom: 0,
    fields: [
      { name: "groupId", type: "string", versions: [0] },
      { name: "memberId", type: "string", versions: [0] },
      { name: "memberEpoch", type: "int32", versions: [0] },
      { name: "rackId", type: "string", versions: [0], nullable: [0], default: null },
      { name: "subscribedTopicNames", type: "[]string", versions: [0], nullable: [0], default: null },
    ],
  }),
  ShareGroupHeartbeatResponse: () => ({
    minVersion: 1, maxVersion: 1, flexibleFrom: 0,
    fields: [
      { name: "throttleTimeMs", type: "int32", versions: [0] },
      { name: "errorCode", type: "int16", versions: [0] },
      { name: "errorMessage", type: "string", versions: [0], nullable: [0], default: null },
      { name: "memberId", type: "string", versions: [0], nullable: [0], default: null },
      { name: "memberEpoch", type: "int32", versions: [0] },
      { name: "heartbeatIntervalMs", type: "int32", versions: [0] },
      { name: "assignment", type: "struct", versions: [0], nullable: [0], default: null, fields: [
        { name: "topicPartitions", type: "[]struct", versions: [0], fields: [
          { name: "topicId", type: "uuid", versions: [0] },
          { name: "partitions", type: "[]int32", versions: [0] },
        ] },
      ] },
    ],
  }),
  ShareGroupDescribeRequest: () => ({
    minVersion: 1, maxVersion: 1, flexibleFrom: 0,
    fields: [
      { name: "groupIds", type: "[]string", versions: [0] },
      { name: "includeAuthorizedOperations", type: "bool", versions: [0] },
    ],
  }),
  ShareGroupDescribeResponse: () => ({
    minVersion: 1, maxVersion: 1, flexibleFrom: 0,
    fields: [
      { name: "throttleTimeMs", type: "int32", versions: [0] },
      { name: "groups", type: "[]struct", versions: [0], fields: [
        { name: "errorCode", type: "int16", versions: [0] },
        { name: "errorMessage", type: "string", versions: [0], nullable: [0], default: null },
        { name: "groupId", type: "string", versions: [0] },
        { name: "groupState", type: "string", versions: [0] },
        { name: "groupEpoch", type: "int32", versions: [0] },
        { name: "assignmentEpoch", type: "int32", versions: [0] },
        { name: "assignorName", type: "string", versions: [0] },
        { name: "members", type: "[]struct", versions: [0], fields: [
          { name: "memberId", type: "string", versions: [0] },
          { name: "rackId", type: "string", versions: [0], nullable: [0], default: null },
          { name: "memberEpoch", type: "int32", versions: [0] },
          { name: "clientId", type: "string", versions: [0] },
          { name: "clientHost", type: "string", versions: [0] },
          { name: "subscribedTopicNames", type: "[]string", versions: [0] },
          { name: "assignment", type: "struct", versions: [0], fields: [
            { name: "topicPartitions", type: "[]struct", versions: [0], fields: [
              { name: "topicId", type: "uuid", versions: [0] },
              { name: "topicName", type: "string", versions: [0] },
              { name: "partitions", type: "[]int32", versions: [0] },
            ] },
          ] },
        ] },
        { name: "authorizedOperations", type: "int32", versions: [0], default: -2147483648 },
      ] },
    ],
  }),
  ShareFetchRequest: () => ({
    minVersion: 1, maxVersion: 2, flexibleFrom: 0,
    fields: [
      { name: "groupId", type: "string", versions: [0], nullable: [0], default: null },
      { name: "memberId", type: "string", versions: [0], nullable: [0] },
      { name: "shareSessionEpoch", type: "int32", versions: [0] },
      { name: "maxWaitMs", type: "int32", versions: [0] },
      { name: "minBytes", type: "int32", versions: [0] },
      { name: "maxBytes", type: "int32", versions: [0], default: 2147483647 },
      { name: "maxRecords", type: "int32", versions: [1] },
      { name: "batchSize", type: "int32", versions: [1] },
      { name: "shareAcquireMode", type: "int8", versions: [2], ignorable: true },
      { name: "isRenewAck", type: "bool", versions: [2] },
      { name: "topics", type: "[]struct", versions: [0], fields: [
        { name: "topicId", type: "uuid", versions: [0] },
        { name: "partitions", type: "[]struct", versions: [0], fields: [
          { name: "partitionIndex", type: "int32", versions: [0] },
          { name: "partitionMaxBytes", type: "int32", versions: [0, 0] },
          { name: "acknowledgementBatches", type: "[]struct", versions: [0], fields: [
            { name: "firstOffset", type: "int64", versions: [0] },
            { name: "lastOffset", type: "int64", versions: [0] },
            { name: "acknowledgeTypes", type: "[]int8", versions: [0] },
          ] },
        ] },
      ] },
      { name: "forgottenTopicsData", type: "[]struct", versions: [0], fields: [
        { name: "topicId", type: "uuid", versions: [0] },
        { name: "partitions", type: "[]int32", versions: [0] },
      ] },
    ],
  }),
  ShareFetchResponse: () => ({
    minVersion: 1, maxVersion: 2, flexibleFrom: 0,
    fields: [
      { name: "throttleTimeMs", type: "int32", versions: [0] },
      { name: "errorCode", type: "int16", versions: [0] },
      { name: "errorMessage", type: "string", versions: [0], nullable: [0], default: null },
      { name: "acquisitionLockTimeoutMs", type: "int32", versions: [1] },
      { name: "responses", type: "[]struct", versions: [0], fields: [
        { name: "topicId", type: "uuid", versions: [0] },
        { name: "partitions", type: "[]struct", versions: [0], fields: [
          { name: "partitionIndex", type: "int32", versions: [0] },
          { name: "errorCode", type: "int16", versions: [0] },
          { name: "errorMessage", type: "string", versions: [0], nullable: [0], default: null },
          { name: "acknowledgeErrorCode", type: "int16", versions: [0] },
          { name: "acknowledgeErrorMessage", type: "string", versions: [0], nullable: [0], default: null },
          { name: "currentLeader", type: "struct", versions: [0], fields: [
            { name: "leaderId", type: "int32", versions: [0] },
            { name: "leaderEpoch", type: "int32", versions: [0] },
          ] },
          { name: "records", type: "records", versions: [0], nullable: [0, 0] },
          { name: "acquiredRecords", type: "[]struct", versions: [0], fields: [
            { name: "firstOffset", type: "int64", versions: [0] },
            { name: "lastOffset", type: "int64", versions: [0] },
            { name: "deliveryCount", type: "int16", versions: [0] },
          ] },
        ] },
      ] },
      { name: "nodeEndpoints", type: "[]struct", versions: [0], fields: [
        { name: "nodeId", type: "int32", versions: [0] },
        { name: "host", type: "string", versions: [0] },
        { name: "port", type: "int32", versions: [0] },
        { name: "rack", type: "string", versions: [0], nullable: [0], default: null },
      ] },
    ],
  }),
  ShareAcknowledgeRequest: () => ({
    minVersion: 1, maxVersion: 2, flexibleFrom: 0,
    fields: [
      { name: "groupId", type: "string", versions: [0], nullable: [0], default: null },
      { name: "memberId", type: "string", versions: [0], nullable: [0] },
      { name: "shareSessionEpoch", type: "int32", versions: [0] },
      { name: "isRenewAck", type: "bool", versions: [2] },
      { name: "topics", type: "[]struct", versions: [0], fields: [
        { name: "topicId", type: "uuid", versions: [0] },
        { name: "partitions", type: "[]struct", versions: [0], fields: [
          { name: "partitionIndex", type: "int32", versions: [0] },
          { name: "acknowledgementBatches", type: "[]struct", versions: [0], fields: [
            { name: "firstOffset", type: "int64", versions: [0] },
            { name: "lastOffset", type: "int64", versions: [0] },
            { name: "acknowledgeTypes", type: "[]int8", versions: [0] },
          ] },
        ] },
      ] },
    ],
  }),
  ShareAcknowledgeResponse: () => ({
    minVersion: 1, maxVersion: 2, flexibleFrom: 0,
    fields: [
      { name: "throttleTimeMs", type: "int32", versions: [0] },
      { name: "errorCode", type: "int16", versions: [0] },
      { name: "errorMessage", type: "string", versions: [0], nullable: [0], default: null },
      { name: "acquisitionLockTimeoutMs", type: "int32", versions: [2], ignorable: true },
      { name: "responses", type: "[]struct", versions: [0], fields: [
        { name: "topicId", type: "uuid", versions: [0] },
        { name: "partitions", type: "[]struct", versions: [0], fields: [
          { name: "partitionIndex", type: "int32", versions: [0] },
          { name: "errorCode", type: "int16", versions: [0] },
          { name: "errorMessage", type: "string", versions: [0], nullable: [0], default: null },
          { name: "currentLeader", type: "struct", versions: [0], fields: [
            { name: "leaderId", type: "int32", versions: [0] },
            { name: "leaderEpoch", type: "int32", versions: [0] },
          ] },
        ] },
      ] },
      { name: "nodeEndpoints", type: "[]struct", versions: [0], fields: [
        { name: "nodeId", type: "int32", versions: [0] },
        { name: "host", type: "string", versions: [0] },
        { name: "port", type: "int32", versions: [0] },
        { name: "rack", type: "string", versions: [0], nullable: [0], default: null },
      ] },
    ],
  }),
  AddRaftVoterRequest: () => ({
    minVersion: 0, maxVersion: 1, flexibleFrom: 0,
    fields: [
      { name: "clusterId", type: "string", versions: [0], nullable: [0] },
      { name: "timeoutMs", type: "int32", versions: [0] },
      { name: "voterId", type: "int32", versions: [0] },
      { name: "voterDirectoryId", type: "uuid", versions: [0] },
      { name: "listeners", type: "[]struct", versions: [0], fields: [
        { name: "name", type: "string", versions: [0] },
        { name: "host", type: "string", versions: [0] },
        { name: "port", type: "uint16", versions: [0] },
      ] },
      { name: "ackWhenCommitted", type: "bool", versions: [1], default: true },
    ],
  }),
  AddRaftVoterResponse: () => ({
    minVersion: 0, maxVersion: 1, flexibleFrom: 0,
    fields: [
      { name: "throttleTimeMs", type: "int32", versions: [0] },
      { name: "errorCode", type: "int16", versions: [0] },
      { name: "errorMessage", type: "string", versions: [0], nullable: [0], ignorable: true },
    ],
  }),
  RemoveRaftVoterRequest: () => ({
    minVersion: 0, maxVersion: 0, flexibleFrom: 0,
    fields: [
      { name: "clusterId", type: "string", versions: [0], nullable: [0] },
      { name: "voterId", type: "int32", versions: [0] },
      { name: "voterDirectoryId", type: "uuid", versions: [0] },
    ],
  }),
  RemoveRaftVoterResponse: () => ({
    minVersion: 0, maxVersion: 0, flexibleFrom: 0,
    fields: [
      { name: "throttleTimeMs", type: "int32", versions: [0] },
      { name: "errorCode", type: "int16", versions: [0] },
      { name: "errorMessage", type: "string", versions: [0], nullable: [0], ignorable: true },
    ],
  }),
  InitializeShareGroupStateRequest: () => ({
    minVersion: 0, maxVersion: 0, flexibleFrom: 0,
    fields: [
      { name: "groupId", type: "string", versions: [0] },
      { name: "topics", type: "[]struct", versions: [0], fields: [
        { name: "topicId", type: "uuid", versions: [0] },
        { name: "partitions", type: "[]struct", versions: [0], fields: [
          { name: "partition", type: "int32", versions: [0] },
          { name: "stateEpoch", type: "int32", versions: [0] },
          { name: "startOffset", type: "int64", versions: [0] },
        ] },
      ] },
    ],
  }),
  InitializeShareGroupStateResponse: () => ({
    minVersion: 0, maxVersion: 0, flexibleFrom: 0,
    fields: [
      { name: "results", type: "[]struct", versions: [0], fields: [
        { name: "topicId", type: "uuid", versions: [0] },
        { name: "partitions", type: "[]struct", versions: [0], fields: [
          { name: "partition", type: "int32", versions: [0] },
          { name: "errorCode", type: "int16", versions: [0] },
          { name: "errorMessage", type: "string", versions: [0], nullable: [0], default: null },
        ] },
      ] },
    ],
  }),
  ReadShareGroupStateRequest: () => ({
    minVersion: 0, maxVersion: 0, flexibleFrom: 0,
    fields: [
      { name: "groupId", type: "string", versions: [0] },
      { name: "topics", type: "[]struct", versions: [0], fields: [
        { name: "topicId", type: "uuid", versions: [0] },
        { name: "partitions", type: "[]struct", versions: [0], fields: [
          { name: "partition", type: "int32", versions: [0] },
          { name: "leaderEpoch", type: "int32", versions: [0] },
        ] },
      ] },
    ],
  }),
  ReadShareGroupStateResponse: () => ({
    minVersion: 0, maxVersion: 0, flexibleFrom: 0,
    fields: [
      { name: "results", type: "[]struct", versions: [0], fields: [
        { name: "topicId", type: "uuid", versions: [0] },
        { name: "partitions", type: "[]struct", versions: [0], fields: [
          { name: "partition", type: "int32", versions: [0] },
          { name: "errorCode", type: "int16", versions: [0] },
          { name: "errorMessage", type: "string", versions: [0], nullable: [0], default: null },
          { name: "stateEpoch", type: "int32", versions: [0] },
          { name: "startOffset", type: "int64", versions: [0] },
          { name: "stateBatches", type: "[]struct", versions: [0], fields: [
            { name: "firstOffset", type: "int64", versions: [0] },
            { name: "lastOffset", type: "int64", versions: [0] },
            { name: "deliveryState", type: "int8", versions: [0] },
            { name: "deliveryCount", type: "int16", versions: [0] },
          ] },
        ] },
      ] },
    ],
  }),
  WriteShareGroupStateRequest: () => ({
    minVersion: 0, maxVersion: 1, flexibleFrom: 0,
    fields: [
      { name: "groupId", type: "string", versions: [0] },
      { name: "topics", type: "[]struct", versions: [0], fields: [
        { name: "topicId", type: "uuid", versions: [0] },
        { name: "partitions", type: "[]struct", versions: [0], fields: [
          { name: "partition", type: "int32", versions: [0] },
          { name: "stateEpoch", type: "int32", versions: [0] },
          { name: "leaderEpoch", type: "int32", versions: [0] },
          { name: "startOffset", type: "int64", versions: [0] },
          { name: "deliveryCompleteCount", type: "int32", versions: [1], default: -1, ignorable: true },
          { name: "stateBatches", type: "[]struct", versions: [0], fields: [
            { name: "firstOffset", type: "int64", versions: [0] },
            { name: "lastOffset", type: "int64", versions: [0] },
            { name: "deliveryState", type: "int8", versions: [0] },
            { name: "deliveryCount", type: "int16", versions: [0] },
          ] },
        ] },
      ] },
    ],
  }),
  WriteShareGroupStateResponse: () => ({
    minVersion: 0, maxVersion: 1, flexibleFrom: 0,
    fields: [
      { name: "results", type: "[]struct", versions: [0], fields: [
        { name: "topicId", type: "uuid", versions: [0] },
        { name: "partitions", type: "[]struct", versions: [0], fields: [
          { name: "partition", type: "int32", versions: [0] },
          { name: "errorCode", type: "int16", versions: [0] },
          { name: "errorMessage", type: "string", versions: [0], nullable: [0], default: null },
        ] },
      ] },
    ],
  }),
  DeleteShareGroupStateRequest: () => ({
    minVersion: 0, maxVersion: 0, flexibleFrom: 0,
    fields: [
      { name: "groupId", type: "string", versions: [0] },
      { name: "topics", type: "[]struct", versions: [0], fields: [
        { name: "topicId", type: "uuid", versions: [0] },
        { name: "partitions", type: "[]struct", versions: [0], fields: [
          { name: "partition", type: "int32", versions: [0] },
        ] },
      ] },
    ],
  }),
  DeleteShareGroupStateResponse: () => ({
    minVersion: 0, maxVersion: 0, flexibleFrom: 0,
    fields: [
      { name: "results", type: "[]struct", versions: [0], fields: [
        { name: "topicId", type: "uuid", versions: [0] },
        { name: "partitions", type: "[]struct", versions: [0], fields: [
          { name: "partition", type: "int32", versions: [0] },
          { name: "errorCode", type: "int16", versions: [0] },
          { name: "errorMessage", type: "string", versions: [0], nullable: [0], default: null },
        ] },
      ] },
    ],
  }),
  ReadShareGroupStateSummaryRequest: () => ({
    minVersion: 0, maxVersion: 1, flexibleFrom: 0,
    fields: [
      { name: "groupId", type: "string", versions: [0] },
      { name: "topics", type: "[]struct", versions: [0], fields: [
        { name: "topicId", type: "uuid", versions: [0] },
        { name: "partitions", type: "[]struct", versions: [0], fields: [
          { name: "partition", type: "int32", versions: [0] },
          { name: "leaderEpoch", type: "int32", versions: [0] },
        ] },
      ] },
    ],
  }),
  ReadShareGroupStateSummaryResponse: () => ({
    minVersion: 0, maxVersion: 1, flexibleFrom: 0,
    fields: [
      { name: "results", type: "[]struct", versions: [0], fields: [
        { name: "topicId", type: "uuid", versions: [0] },
        { name: "partitions", type: "[]struct", versions: [0], fields: [
          { name: "partition", type: "int32", versions: [0] },
          { name: "errorCode", type: "int16", versions: [0] },
          { name: "errorMessage", type: "string", versions: [0], nullable: [0], default: null },
          { name: "stateEpoch", type: "int32", versions: [0] },
          { name: "leaderEpoch", type: "int32", versions: [0] },
          { name: "startOffset", type: "int64", versions: [0] },
          { name: "deliveryCompleteCount", type: "int32", versions: [1], default: -1, ignorable: true },
        ] },
      ] },
    ],
  }),
  StreamsGroupHeartbeatRequest: () => ({
    minVersion: 0, maxVersion: 0, flexibleFrom: 0,
    fields: [
      { name: "groupId", type: "string", versions: [0] },
      { name: "memberId", type: "string", versions: [0] },
      { name: "memberEpoch", type: "int32", versions: [0] },
      { name: "endpointInformationEpoch", type: "int32", versions: [0] },
      { name: "instanceId", type: "string", versions: [0], nullable: [0], default: null },
      { name: "rackId", type: "string", versions: [0], nullable: [0], default: null },
      { name: "rebalanceTimeoutMs", type: "int32", versions: [0], default: -1 },
      { name: "topology", type: "struct", versions: [0], nullable: [0], default: null, fields: [
        { name: "epoch", type: "int32", versions: [0] },
        { name: "subtopologies", type: "[]struct", versions: [0], fields: [
          { name: "subtopologyId", type: "string", versions: [0] },
          { name: "sourceTopics", type: "[]string", versions: [0] },
          { name: "sourceTopicRegex", type: "[]string", versions: [0] },
          { name: "stateChangelogTopics", type: "[]struct", versions: [0], fields: [
            { name: "name", type: "string", versions: [0] },
            { name: "partitions", type: "int32", versions: [0] },
            { name: "replicationFactor", type: "int16", versions: [0] },
            { name: "topicConfigs", type: "[]struct", versions: [0], fields: [
              { name: "key", type: "string", versions: [0] },
              { name: "value", type: "string", versions: [0] },
            ] },
          ] },
          { name: "repartitionSinkTopics", type: "[]string", versions: [0] },
          { name: "repartitionSourceTopics", type: "[]struct", versions: [0], fields: [
            { name: "name", type: "string", versions: [0] },
            { name: "partitions", type: "int32", versions: [0] },
            { name: "replicationFactor", type: "int16", versions: [0] },
            { name: "topicConfigs", type: "[]struct", versions: [0], fields: [
              { name: "key", type: "string", versions: [0] },
              { name: "value", type: "string", versions: [0] },
            ] },
          ] },
          { name: "copartitionGroups", type: "[]struct", versions: [0], fields: [
            { name: "sourceTopics", type: "[]int16", versions: [0] },
            { name: "sourceTopicRegex", type: "[]int16", versions: [0] },
            { name: "repartitionSourceTopics", type: "[]int16", versions: [0] },
          ] },
        ] },
      ] },
      { name: "activeTasks", type: "[]struct", versions: [0], nullable: [0], default: null, fields: [
        { name: "subtopologyId", type: "string", versions: [0] },
        { name: "partitions", type: "[]int32", versions: [0] },
      ] },
      { name: "standbyTasks", type: "[]struct", versions: [0], nullable: [0], default: null, fields: [
        { name: "subtopologyId", type: "string", versions: [0] },
        { name: "partitions", type: "[]int32", versions: [0] },
      ] },
      { name: "warmupTasks", type: "[]struct", versions: [0], nullable: [0], default: null, fields: [
        { name: "subtopologyId", type: "string", versions: [0] },
        { name: "partitions", type: "[]int32", versions: [0] },
      ] },
      { name: "processId", type: "string", versions: [0], nullable: [0], default: null },
      { name: "userEndpoint", type: "struct", versions: [0], nullable: [0], default: null, fields: [
        { name: "host", type: "string", versions: [0] },
        { name: "port", type: "uint16", versions: [0] },
      ] },
      { name: "clientTags", type: "[]struct", versions: [0], nullable: [0], default: null, fields: [
        { name: "key", type: "string", versions: [0] },
        { name: "value", type: "string", versions: [0] },
      ] },
      { name: "taskOffsets", type: "[]struct", versions: [0], nullable: [0], default: null, fields: [
        { name: "subtopologyId", type: "string", versions: [0] },
        { name: "partition", type: "int32", versions: [0] },
        { name: "offset", type: "int64", versions: [0] },
      ] },
      { name: "taskEndOffsets", type: "[]struct", versions: [0], nullable: [0], default: null, fields: [
        { name: "subtopologyId", type: "string", versions: [0] },
        { name: "partition", type: "int32", versions: [0] },
        { name: "offset", type: "int64", versions: [0] },
      ] },
      { name: "shutdownApplication", type: "bool", versions: [0] },
    ],
  }),
  StreamsGroupHeartbeatResponse: () => ({
    minVersion: 0, maxVersion: 0, flexibleFrom: 0,
    fields: [
      { name: "throttleTimeMs", type: "int32", versions: [0] },
      { name: "errorCode", type: "int16", versions: [0] },
      { name: "errorMessage", type: "string", versions: [0], nullable: [0], default: null },
      { name: "memberId", type: "string", versions: [0] },
      { name: "memberEpoch", type: "int32", versions: [0] },
      { name: "heartbeatIntervalMs", type: "int32", versions: [0] },
      { name: "acceptableRecoveryLag", type: "int32", versions: [0] },
      { name: "taskOffsetIntervalMs", type: "int32", versions: [0] },
      { name: "status", type: "[]struct", versions: [0], nullable: [0], fields: [
        { name: "statusCode", type: "int8", versions: [0] },
        { name: "statusDetail", type: "string", versions: [0] },
      ] },
      { name: "activeTasks", type: "[]struct", versions: [0], nullable: [0], default: null, fields: [
        { name: "subtopologyId", type: "string", versions: [0] },
        { name: "partitions", type: "[]int32", versions: [0] },
      ] },
      { name: "standbyTasks", type: "[]struct", versions: [0], nullable: [0], default: null, fields: [
        { name: "subtopologyId", type: "string", versions: [0] },
        { name: "partitions", type: "[]int32", versions: [0] },
      ] },
      { name: "warmupTasks", type: "[]struct", versions: [0], nullable: [0], default: null, fields: [
        { name: "subtopologyId", type: "string", versions: [0] },
        { name: "partitions", type: "[]int32", versions: [0] },
      ] },
      { name: "endpointInformationEpoch", type: "int32", versions: [0] },
      { name: "partitionsByUserEndpoint", type: "[]struct", versions: [0], nullable: [0], default: null, fields: [
        { name: "userEndpoint", type: "struct", versions: [0], fields: [
          { name: "host", type: "string", versions: [0] },
          { name: "port", type: "uint16", versions: [0] },
        ] },
        { name: "activePartitions", type: "[]struct", versions: [0], fields: [
          { name: "topic", type: "string", versions: [0] },
          { name: "partitions", type: "[]int32", versions: [0] },
        ] },
        { name: "standbyPartitions", type: "[]struct", versions: [0], fields: [
          { name: "topic", type: "string", versions: [0] },
          { name: "partitions", type: "[]int32", versions: [0] },
        ] },
      ] },
    ],
  }),
  StreamsGroupDescribeRequest: () => ({
    minVersion: 0, maxVersion: 0, flexibleFrom: 0,
    fields: [
      { name: "groupIds", type: "[]string", versions: [0] },
      { name: "includeAuthorizedOperations", type: "bool", versions: [0] },
    ],
  }),
  StreamsGroupDescribeResponse: () => ({
    minVersion: 0, maxVersion: 0, flexibleFrom: 0,
    fields: [
      { name: "throttleTimeMs", type: "int32", versions: [0] },
      { name: "groups", type: "[]struct", versions: [0], fields: [
        { name: "errorCode", type: "int16", versions: [0] },
        { name: "errorMessage", type: "string", versions: [0], nullable: [0], default: null },
        { name: "groupId", type: "string", versions: [0] },
        { name: "groupState", type: "string", versions: [0] },
        { name: "groupEpoch", type: "int32", versions: [0] },
        { name: "assignmentEpoch", type: "int32", versions: [0] },
        { name: "topology", type: "struct", versions: [0], nullable: [0], default: null, fields: [
          { name: "epoch", type: "int32", versions: [0] },
          { name: "subtopologies", type: "[]struct", versions: [0], nullable: [0], default: null, fields: [
            { name: "subtopologyId", type: "string", versions: [0] },
            { name: "sourceTopics", type: "[]string", versions: [0] },
            { name: "repartitionSinkTopics", type: "[]string", versions: [0] },
            { name: "stateChangelogTopics", type: "[]struct", versions: [0], fields: [
              { name: "name", type: "string", versions: [0] },
              { name: "partitions", type: "int32", versions: [0] },
              { name: "replicationFactor", type: "int16", versions: [0] },
              { name: "topicConfigs", type: "[]struct", versions: [0], fields: [
                { name: "key", type: "string", versions: [0] },
                { name: "value", type: "string", versions: [0] },
              ] },
            ] },
            { name: "repartitionSourceTopics", type: "[]struct", versions: [0], fields: [
              { name: "name", type: "string", versions: [0] },
              { name: "partitions", type: "int32", versions: [0] },
              { name: "replicationFactor", type: "int16", versions: [0] },
              { name: "topicConfigs", type: "[]struct", versions: [0], fields: [
                { name: "key", type: "string", versions: [0] },
                { name: "value", type: "string", versions: [0] },
              ] },
            ] },
          ] },
        ] },
        { name: "members", type: "[]struct", versions: [0], fields: [
          { name: "memberId", type: "string", versions: [0] },
          { name: "memberEpoch", type: "int32", versions: [0] },
          { name: "instanceId", type: "string", versions: [0], nullable: [0], default: null },
          { name: "rackId", type: "string", versions: [0], nullable: [0], default: null },
          { name: "clientId", type: "string", versions: [0] },
          { name: "clientHost", type: "string", versions: [0] },
          { name: "topologyEpoch", type: "int32", versions: [0] },
          { name: "processId", type: "string", versions: [0] },
          { name: "userEndpoint", type: "struct", versions: [0], nullable: [0], default: null, fields: [
            { name: "host", type: "string", versions: [0] },
            { name: "port", type: "uint16", versions: [0] },
          ] },
          { name: "clientTags", type: "[]struct", versions: [0], fields: [
            { name: "key", type: "string", versions: [0] },
            { name: "value", type: "string", versions: [0] },
          ] },
          { name: "taskOffsets", type: "[]struct", versions: [0], fields: [
            { name: "subtopologyId", type: "string", versions: [0] },
            { name: "partition", type: "int32", versions: [0] },
            { name: "offset", type: "int64", versions: [0] },
          ] },
          { name: "taskEndOffsets", type: "[]struct", versions: [0], fields: [
            { name: "subtopologyId", type: "string", versions: [0] },
            { name: "partition", type: "int32", versions: [0] },
            { name: "offset", type: "int64", versions: [0] },
          ] },
          { name: "assignment", type: "struct", versions: [0], fields: [
            { name: "activeTasks", type: "[]struct", versions: [0], fields: [
              { name: "subtopologyId", type: "string", versions: [0] },
              { name: "partitions", type: "[]int32", versions: [0] },
            ] },
            { name: "standbyTasks", type: "[]struct", versions: [0], fields: [
              { name: "subtopologyId", type: "string", versions: [0] },
              { name: "partitions", type: "[]int32", versions: [0] },
            ] },
            { name: "warmupTasks", type: "[]struct", versions: [0], fields: [
              { name: "subtopologyId", type: "string", versions: [0] },
              { name: "partitions", type: "[]int32", versions: [0] },
            ] },
          ] },
          { name: "targetAssignment", type: "struct", versions: [0], fields: [
            { name: "activeTasks", type: "[]struct", versions: [0], fields: [
              { name: "subtopologyId", type: "string", versions: [0] },
              { name: "partitions", type: "[]int32", versions: [0] },
            ] },
            { name: "standbyTasks", type: "[]struct", versions: [0], fields: [
              { name: "subtopologyId", type: "string", versions: [0] },
              { name: "partitions", type: "[]int32", versions: [0] },
            ] },
            { name: "warmupTasks", type: "[]struct", versions: [0], fields: [
              { name: "subtopologyId", type: "string", versions: [0] },
              { name: "partitions", type: "[]int32", versions: [0] },
            ] },
          ] },
          { name: "isClassic", type: "bool", versions: [0] },
        ] },
        { name: "authorizedOperations", type: "int32", versions: [0], default: -2147483648 },
      ] },
    ],
  }),
  DescribeShareGroupOffsetsRequest: () => ({
    minVersion: 0, maxVersion: 1, flexibleFrom: 0,
    fields: [
      { name: "groups", type: "[]struct", versions: [0], fields: [
        { name: "groupId", type: "string", versions: [0] },
        { name: "topics", type: "[]struct", versions: [0], nullable: [0], fields: [
          { name: "topicName", type: "string", versions: [0] },
          { name: "partitions", type: "[]int32", versions: [0] },
        ] },
      ] },
    ],
  }),
  DescribeShareGroupOffsetsResponse: () => ({
    minVersion: 0, maxVersion: 1, flexibleFrom: 0,
    fields: [
      { name: "throttleTimeMs", type: "int32", versions: [0] },
      { name: "groups", type: "[]struct", versions: [0], fields: [
        { name: "groupId", type: "string", versions: [0] },
        { name: "topics", type: "[]struct", versions: [0], fields: [
          { name: "topicName", type: "string", versions: [0] },
          { name: "topicId", type: "uuid", versions: [0] },
          { name: "partitions", type: "[]struct", versions: [0], fields: [
            { name: "partitionIndex", type: "int32", versions: [0] },
            { name: "startOffset", type: "int64", versions: [0] },
            { name: "leaderEpoch", type: "int32", versions: [0] },
            { name: "lag", type: "int64", versions: [1], default: -1, ignorable: true },
            { name: "errorCode", type: "int16", versions: [0] },
            { name: "errorMessage", type: "string", versions: [0], nullable: [0], default: null },
          ] },
        ] },
        { name: "errorCode", type: "int16", versions: [0] },
        { name: "errorMessage", type: "string", versions: [0], nullable: [0], default: null },
      ] },
    ],
  }),
  AlterShareGroupOffsetsRequest: () => ({
    minVersion: 0, maxVersion: 0, flexibleFrom: 0,
    fields: [
      { name: "groupId", type: "string", versions: [0] },
      { name: "topics", type: "[]struct", versions: [0], fields: [
        { name: "topicName", type: "string", versions: [0] },
        { name: "partitions", type: "[]struct", versions: [0], fields: [
          { name: "partitionIndex", type: "int32", versions: [0] },
          { name: "startOffset", type: "int64", versions: [0] },
        ] },
      ] },
    ],
  }),
  AlterShareGroupOffsetsResponse: () => ({
    minVersion: 0, maxVersion: 0, flexibleFrom: 0,
    fields: [
      { name: "throttleTimeMs", type: "int32", versions: [0] },
      { name: "errorCode", type: "int16", versions: [0] },
      { name: "errorMessage", type: "string", versions: [0], nullable: [0], default: null },
      { name: "responses", type: "[]struct", versions: [0], fields: [
        { name: "topicName", type: "string", versions: [0] },
        { name: "topicId", type: "uuid", versions: [0] },
        { name: "partitions", type: "[]struct", versions: [0], fields: [
          { name: "partitionIndex", type: "int32", versions: [0] },
          { name: "errorCode", type: "int16", versions: [0] },
          { name: "errorMessage", type: "string", versions: [0], nullable: [0], default: null },
        ] },
      ] },
    ],
  }),
  DeleteShareGroupOffsetsRequest: () => ({
    minVersion: 0, maxVersion: 0, flexibleFrom: 0,
    fields: [
      { name: "groupId", type: "string", versions: [0] },
      { name: "topics", type: "[]struct", versions: [0], fields: [
        { name: "topicName", type: "string", versions: [0] },
      ] },
    ],
  }),
  DeleteShareGroupOffsetsResponse: () => ({
    minVersion: 0, maxVersion: 0, flexibleFrom: 0,
    fields: [
      { name: "throttleTimeMs", type: "int32", versions: [0] },
      { name: "errorCode", type: "int16", versions: [0] },
      { name: "errorMessage", type: "string", versions: [0], nullable: [0], default: null },
      { name: "responses", type: "[]struct", versions: [0], fields: [
        { name: "topicName", type: "string", versions: [0] },
        { name: "topicId", type: "uuid", versions: [0] },
        { name: "errorCode", type: "int16", versions: [0] },
        { name: "errorMessage", type: "string", versions: [0], nullable: [0], default: null },
      ] },
    ],
  }),
  ConsumerProtocolAssignment: () => ({
    minVersion: 0, maxVersion: 3,
    fields: [
      { name: "assignedPartitions", type: "[]struct", versions: [0], fields: [
        { name: "topic", type: "string", versions: [0] },
        { name: "partitions", type: "[]int32", versions: [0] },
      ] },
      { name: "userData", type: "bytes", versions: [0], nullable: [0], default: null },
    ],
  }),
  ConsumerProtocolSubscription: () => ({
    minVersion: 0, maxVersion: 3,
    fields: [
      { name: "topics", type: "[]string", versions: [0] },
      { name: "userData", type: "bytes", versions: [0], nullable: [0], default: null },
      { name: "ownedPartitions", type: "[]struct", versions: [1], ignorable: true, fields: [
        { name: "topic", type: "string", versions: [1] },
        { name: "partitions", type: "[]int32", versions: [1] },
      ] },
      { name: "generationId", type: "int32", versions: [2], default: -1, ignorable: true },
      { name: "rackId", type: "string", versions: [3], nullable: [3], default: null, ignorable: true },
    ],
  }),
  ControlRecordTypeSchema: () => ({
    minVersion: 0, maxVersion: 0,
    fields: [
      { name: "type", type: "int16", versions: [0] },
    ],
  }),
  EndTxnMarker: () => ({
    minVersion: 0, maxVersion: 0,
    fields: [
      { name: "coordinatorEpoch", type: "int32", versions: [0] },
    ],
  }),
};
