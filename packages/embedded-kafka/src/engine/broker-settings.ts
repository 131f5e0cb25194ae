import type { CompressionType } from "@millrace/protocol";
import type { CoordinatorSettings } from "../groups/group-coordinator.ts";
import type { TransactionSettings } from "../transactions/transaction-coordinator.ts";
import type { LogKeeperSettings } from "./log-keeper.ts";

/** Gives back the records of a compressed batch. */
export type Decompress = (data: Buffer, compression: CompressionType) => Buffer;

/** Compresses the records of a batch. */
export type Compress = (data: Buffer, compression: CompressionType) => Buffer;

/** What the engine goes by, with every default filled in. */
export interface BrokerSettings extends CoordinatorSettings, TransactionSettings, LogKeeperSettings {
  readonly autoCreateTopics: boolean;
  readonly defaultPartitions: number;
  readonly defaultReplicationFactor: number;
  readonly maxPartitions: number;
  readonly maxMessageBytes: number;
  readonly fetchMaxBytes: number;
  readonly offsetMetadataMaxBytes: number;
  readonly producerExpirationMs: number;
  readonly minSessionTimeoutMs: number;
  readonly maxSessionTimeoutMs: number;
  readonly decompress: Decompress;
  readonly compress: Compress;
}
