export type { Admin, AdminOptions, OffsetReset, TopicReport } from "./admin/admin.ts";
export type { Capability, CapabilityName, DriverCapabilities } from "./capability-table.ts";
export type { ClientEvent } from "./client-event.ts";
export type {
  ConsumedBatch,
  Consumer,
  ConsumerGroupMetadata,
  ConsumerHandlers,
  ConsumerStatistics,
  OffsetCommit,
  PartitionClaim,
  PartitionLag,
} from "./consumer/consumer.ts";
export type { ConsumerOptions } from "./consumer/consumer-options.ts";
export type { PolledOffset, PollOptions, PullConsumer } from "./consumer/pull-consumer.ts";
export { createKafka } from "./create-kafka.ts";
export type { Acl, AclFilter, AclOperation, AclResourceType } from "./driver/access-control.ts";
export type { ConfigChange, ConfigDescription, ConfigResource, ConfigSource } from "./driver/admin-configs.ts";
export type { GroupDescription, GroupListing, GroupMemberName, GroupState } from "./driver/admin-groups.ts";
export type { NewTopic, TopicDescription } from "./driver/admin-topics.ts";
export type { DriverConnection, DriverContext, KafkaDriver } from "./driver/driver.ts";
export type { AdminCallOptions, ClusterDescription, DriverAdmin, QuorumDescription } from "./driver/driver-admin.ts";
export type {
  AssignorName,
  CommittedOffset,
  ConsumerSubscription,
  DriverConsumer,
  DriverConsumerHandlers,
  DriverConsumerSettings,
  FetchedBatch,
  GroupMembership,
  JoinedMembership,
  StartPosition,
} from "./driver/driver-consumer.ts";
export type { DriverProducer, DriverProducerSettings, ProduceBatch, ProduceOutcome, ProduceRecord } from "./driver/driver-producer.ts";
export type {
  DriverTransactionalProducer,
  DriverTransactionalProducerSettings,
  OffsetsGroup,
} from "./driver/driver-transactional-producer.ts";
export type { Kafka, KafkaOptions, TopicCodec } from "./kafka.ts";
export { KafkaError, type KafkaErrorCode } from "./kafka-error.ts";
export { type ClientPreset, type ClientPresets, clientPresets, type TopicPreset } from "./presets/client-presets.ts";
export { normaliseHeaders } from "./producer/normalise-headers.ts";
export type { HeadersInput, OnDelivery, OutgoingMessage, Producer, ProducerStatistics, SendOptions } from "./producer/producer.ts";
export type { Partitioner, ProducerOptions } from "./producer/producer-options.ts";
export { type SplitMessagesOptions, splitMessages } from "./producer/split-messages.ts";
export { type ReadRange, type ReadTopicsOptions, readRanges, readTopics } from "./read-topics.ts";
export type { Headers, KafkaRecord, RawMessage, RecordMetadata, TopicPartition } from "./record.ts";
export { type CapabilityRow, renderCapabilityTable } from "./render-capability-table.ts";
export type { TransactionState } from "./transactions/transaction-state.ts";
export { transactionalIdFor } from "./transactions/transactional-id-for.ts";
export type { Transaction, TransactionalProducer, TransactionGroup, TransactionOffset } from "./transactions/transactional-producer.ts";
export type { TransactionalProducerOptions } from "./transactions/transactional-producer-options.ts";
