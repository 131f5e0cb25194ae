export type { EmbeddedKafkaOptions } from "./embedded-kafka-options.ts";
export type { EngineRequest, EngineResponse, RequestConnection, ResponseBody } from "./engine/api-registration.ts";
export { type BrokerEngine, createBrokerEngine, type ServedApi } from "./engine/broker-engine.ts";
export type { BrokerEngineOptions, GroupOptions, TopicSeed, TransactionOptions } from "./engine/broker-engine-options.ts";
export type { Compress, Decompress } from "./engine/broker-settings.ts";
export type { BrokerNode, BrokerNodeState } from "./engine/node-directory.ts";
export { RefusedRequestError } from "./engine/refused-request-error.ts";
export type { BrokerFaults, Intercept } from "./faults/broker-faults.ts";
export type { Fault, FaultKind } from "./faults/fault.ts";
export type { FaultMoment, FaultScope, FaultTarget } from "./faults/fault-scope.ts";
export type { Interceptor, NextHandler } from "./faults/interceptor.ts";
export type { ResponseDamage } from "./faults/response-damage.ts";
export type { GroupState } from "./groups/group-request.ts";
export type {
  BrokerGroup,
  BrokerGroupMember,
  BrokerOffset,
  BrokerRecord,
  BrokerTransaction,
  RecordSelection,
} from "./inspect/broker-snapshot.ts";
export { ListenError } from "./listen-error.ts";
export { type EmbeddedKafka, startEmbeddedKafka } from "./start-embedded-kafka.ts";
export type { TransactionState } from "./transactions/transaction-state.ts";
