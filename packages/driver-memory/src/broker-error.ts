import { KafkaError, type TopicPartition } from "@millrace/kafka";
import { errorByCode, errorCodes } from "@millrace/protocol";

/** The KafkaError for a broker's error code. */
export function brokerError(
  code: number,
  doing: string,
  place: Partial<TopicPartition> & { readonly detail?: string | null } = {},
): KafkaError {
  const { name, retriable } = errorByCode(code);
  const { topic, partition, detail } = place;
  const where = topic === undefined ? "" : ` ${topic}${partition === undefined ? "" : `/${partition}`}`;
  return new KafkaError({
    code: codeOf(code),
    message: `${doing}${where} failed: the broker answered ${name}${detail === undefined || detail === null ? "" : ` (${detail})`}`,
    retryable: retriable,
    kafkaError: name,
    topic,
    partition,
  });
}

/**
 * Nothing for code 0.
 * @throws KafkaError for any other
 */
export function requireNone(code: number, doing: string, place: Partial<TopicPartition> & { readonly detail?: string | null } = {}): void {
  if (code !== errorCodes.NONE) throw brokerError(code, doing, place);
}

function codeOf(code: number): KafkaError["code"] {
  switch (code) {
    case errorCodes.UNKNOWN_TOPIC_OR_PARTITION:
      return "KAFKA_UNKNOWN_TOPIC";
    case errorCodes.MESSAGE_TOO_LARGE:
    case errorCodes.RECORD_LIST_TOO_LARGE:
      return "KAFKA_MESSAGE_TOO_LARGE";
    case errorCodes.ILLEGAL_GENERATION:
    case errorCodes.UNKNOWN_MEMBER_ID:
    case errorCodes.FENCED_INSTANCE_ID:
      return "COMMIT_STALE";
    case errorCodes.REQUEST_TIMED_OUT:
      return "KAFKA_TIMED_OUT";
    default:
      return "KAFKA_BROKER_ERROR";
  }
}
