import { isErrorNamed, MillraceError } from "@millrace/core";

/** Why a Kafka call failed. */
export type KafkaErrorCode =
  /** No broker of the list could be reached within the deadline. */
  | "KAFKA_UNREACHABLE"
  /** The broker did not answer in time. Whether the request had an effect is unknown. */
  | "KAFKA_TIMED_OUT"
  /** The connection was lost. Whether the request had an effect is unknown. */
  | "KAFKA_DISCONNECTED"
  /** The broker answered with an error; `kafkaError` names it. */
  | "KAFKA_BROKER_ERROR"
  | "KAFKA_UNKNOWN_TOPIC"
  /** The message is larger than the producer's or the topic's limit. */
  | "KAFKA_MESSAGE_TOO_LARGE"
  /** The producer's buffer stayed full for `maxBlockMs`. */
  | "KAFKA_BUFFER_FULL"
  /** The partition asked for does not exist. */
  | "KAFKA_INVALID_PARTITION"
  /** The consumer does not hold the partition. */
  | "PARTITION_NOT_HELD"
  /** The group no longer accepts the membership that the commit was made under. */
  | "COMMIT_STALE"
  /** The group has members, whose offsets are theirs. */
  | "GROUP_NOT_EMPTY"
  /** A newer producer has this one's transactional id: this one can do nothing any more. */
  | "PRODUCER_FENCED"
  /** The transaction cannot be committed, because something in it failed (`cause`), or took too long: it is to be aborted, and everything in it done again. */
  | "TRANSACTION_ABORTABLE"
  /** The transaction was aborted before the message was stored. */
  | "TRANSACTION_ABORTED"
  /** The call does not fit the state of the transactional producer. */
  | "TRANSACTION_STATE"
  /** The group has no offset, or one outside the log, and the reset policy is `none`. */
  | "NO_OFFSET"
  /** A handler did not finish within `maxProcessingMs`. */
  | "PROCESSING_TIMED_OUT"
  /** A handler of the user's failed. */
  | "HANDLER_FAILED"
  /** The driver cannot do this; see its capability table. */
  | "CAPABILITY_REFUSED"
  | "KAFKA_AUTHENTICATION_FAILED"
  /** Anything else that the driver's library reported. */
  | "KAFKA_CLIENT_ERROR";

/** A failure of a Kafka call. `kafkaError` is the broker's own error name, such as `NOT_LEADER_OR_FOLLOWER`, where there is one. */
export class KafkaError extends MillraceError<KafkaErrorCode> {
  override readonly name = "KafkaError";
  readonly kafkaError: string | undefined;
  readonly topic: string | undefined;
  readonly partition: number | undefined;
  readonly group: string | undefined;
  /** What failed, when several things of one call did; each with its own topic, partition or group. */
  readonly failures: readonly KafkaError[] | undefined;

  constructor(options: {
    readonly code: KafkaErrorCode;
    readonly message: string;
    readonly retryable?: boolean | undefined;
    readonly cause?: unknown;
    readonly kafkaError?: string | undefined;
    readonly topic?: string | undefined;
    readonly partition?: number | undefined;
    readonly group?: string | undefined;
    readonly failures?: readonly KafkaError[] | undefined;
  }) {
    super(options);
    this.kafkaError = options.kafkaError;
    this.topic = options.topic;
    this.partition = options.partition;
    this.group = options.group;
    this.failures = options.failures;
  }

  static override is(error: unknown): error is KafkaError {
    return isErrorNamed(error, "KafkaError");
  }
}
