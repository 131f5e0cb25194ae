import { brokerError, tlsRefusal } from "@millrace/client";
import { KafkaError } from "@millrace/kafka";

/** The error for what kafkajs threw while it opened a connection. Names no secret. */
export function openingError(error: unknown, broker: string): KafkaError {
  // A connection that is lost before it is open was never had.
  if (KafkaError.is(error) && error.code !== "KAFKA_DISCONNECTED") return error;
  const cause = innermost(error);
  return (
    refusal(cause, `Connecting to ${broker}`) ??
    tlsRefusal([cause], broker) ??
    new KafkaError({
      code: "KAFKA_UNREACHABLE",
      retryable: true,
      message: `Broker ${broker} could not be reached: ${messageOf(cause)}. Check the address and that Kafka runs.`,
      cause,
    })
  );
}

/** The error for what kafkajs threw while an answer was waited for: authentication may have to be repeated in between. */
export function exchangeError(error: unknown, broker: string): KafkaError {
  if (KafkaError.is(error)) return error;
  const cause = innermost(error);
  const message = `The connection to broker ${broker} was lost: ${messageOf(cause)}.`;
  return (
    refusal(cause, `Authenticating with ${broker}`) ??
    tlsRefusal([cause], broker) ??
    new KafkaError({ code: "KAFKA_DISCONNECTED", retryable: true, message, cause })
  );
}

function refusal(cause: Error, what: string): KafkaError | undefined {
  if (KafkaError.is(cause) && cause.code !== "KAFKA_DISCONNECTED") return cause;
  const { name, type, code } = cause as { name: string; type?: unknown; code?: unknown };
  if (name === "KafkaJSSASLAuthenticationError") {
    return new KafkaError({
      code: "KAFKA_AUTHENTICATION_FAILED",
      message: `${what} failed: the broker did not accept the SASL credentials. Check mechanism, user name and password.`,
      cause,
    });
  }
  return type !== undefined && typeof code === "number" ? brokerError(code, { what }) : undefined;
}

// kafkajs wraps what it gave up on.
function innermost(error: unknown): Error {
  let current = error instanceof Error ? error : new Error(String(error));
  for (let depth = 0; depth < 8; depth += 1) {
    const { name, cause } = current as { name: string; cause?: unknown };
    const wraps = name === "KafkaJSNumberOfRetriesExceeded" || name === "KafkaJSNonRetriableError" || name === "KafkaJSError";
    if (!wraps || !(cause instanceof Error)) return current;
    current = cause;
  }
  return current;
}

function messageOf(error: Error): string {
  return error.message.replace(/[.\s]+$/, "");
}
