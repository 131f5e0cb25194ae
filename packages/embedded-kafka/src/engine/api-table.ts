import { createAcls, deleteAcls, describeAcls } from "./acl-apis.ts";
import { addOffsetsToTxn } from "./add-offsets-to-txn.ts";
import { addPartitionsToTxn } from "./add-partitions-to-txn.ts";
import { alterConfigs } from "./alter-configs.ts";
import { alterPartitionReassignments } from "./alter-partition-reassignments.ts";
import { alterReplicaLogDirs } from "./alter-replica-log-dirs.ts";
import type { ApiRegistration } from "./api-registration.ts";
import { apiVersions } from "./api-versions.ts";
import { createPartitions } from "./create-partitions.ts";
import { createTopics } from "./create-topics.ts";
import { deleteGroups } from "./delete-groups.ts";
import { deleteRecords } from "./delete-records.ts";
import { deleteTopics } from "./delete-topics.ts";
import { describeCluster } from "./describe-cluster.ts";
import { describeConfigs } from "./describe-configs.ts";
import { describeGroups } from "./describe-groups.ts";
import { describeLogDirs } from "./describe-log-dirs.ts";
import { describeProducers } from "./describe-producers.ts";
import { describeQuorum } from "./describe-quorum.ts";
import { describeTopicPartitions } from "./describe-topic-partitions.ts";
import { describeTransactions } from "./describe-transactions.ts";
import { electLeaders } from "./elect-leaders.ts";
import { endTxn } from "./end-txn.ts";
import { fetch } from "./fetch.ts";
import { findCoordinator } from "./find-coordinator.ts";
import { heartbeat } from "./heartbeat.ts";
import { incrementalAlterConfigs } from "./incremental-alter-configs.ts";
import { initProducerId } from "./init-producer-id.ts";
import { joinGroup } from "./join-group.ts";
import { leaveGroup } from "./leave-group.ts";
import { listConfigResources } from "./list-config-resources.ts";
import { listGroups } from "./list-groups.ts";
import { listOffsets } from "./list-offsets.ts";
import { listPartitionReassignments } from "./list-partition-reassignments.ts";
import { listTransactions } from "./list-transactions.ts";
import { metadata } from "./metadata.ts";
import { offsetCommit } from "./offset-commit.ts";
import { offsetDelete } from "./offset-delete.ts";
import { offsetFetch } from "./offset-fetch.ts";
import { offsetForLeaderEpoch } from "./offset-for-leader-epoch.ts";
import { produce } from "./produce.ts";
import { saslAuthenticate } from "./sasl-authenticate.ts";
import { saslHandshake } from "./sasl-handshake.ts";
import { syncGroup } from "./sync-group.ts";
import { txnOffsetCommit } from "./txn-offset-commit.ts";
import { writeTxnMarkers } from "./write-txn-markers.ts";

/** Everything the broker serves. ApiVersions says exactly this; what is not here is not advertised and closes the connection. */
export const apiTable: readonly ApiRegistration[] = [
  produce,
  fetch,
  listOffsets,
  metadata,
  offsetCommit,
  offsetFetch,
  findCoordinator,
  joinGroup,
  heartbeat,
  leaveGroup,
  syncGroup,
  describeGroups,
  listGroups,
  saslHandshake,
  apiVersions,
  createTopics,
  deleteTopics,
  deleteRecords,
  initProducerId,
  offsetForLeaderEpoch,
  addPartitionsToTxn,
  addOffsetsToTxn,
  endTxn,
  writeTxnMarkers,
  txnOffsetCommit,
  describeAcls,
  createAcls,
  deleteAcls,
  describeConfigs,
  alterConfigs,
  alterReplicaLogDirs,
  describeLogDirs,
  saslAuthenticate,
  createPartitions,
  deleteGroups,
  electLeaders,
  incrementalAlterConfigs,
  alterPartitionReassignments,
  listPartitionReassignments,
  offsetDelete,
  describeQuorum,
  describeCluster,
  describeProducers,
  describeTransactions,
  listTransactions,
  listConfigResources,
  describeTopicPartitions,
];
