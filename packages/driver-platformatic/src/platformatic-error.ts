import { brokerError, tlsRefusal } from "@millrace/client";
import { KafkaError } from "@millrace/kafka";

/** The error for what @platformatic/kafka told while it opened a connection; one that is lost before it is open was never had. Names no secret. */
export function openingError(error: unknown, broker: string): KafkaError {
  const chain = chainOf(error);
  const message = `Broker ${broker} could not be reached: ${reasonOf(chain)}. Check the address and that Kafka runs.`;
  return (
    refusal(chain, `Connecting to ${broker}`) ??
    tlsRefusal(chain, broker) ??
    new KafkaError({ code: "KAFKA_UNREACHABLE", retryable: true, message, cause: chain.at(-1) })
  );
}

/** The error for what @platformatic/kafka told while an answer was waited for: a session may have to authenticate again in between. */
export function exchangeError(error: unknown, broker: string): KafkaError {
  if (KafkaError.is(error)) return error;
  const chain = chainOf(error);
  const message = `The connection to broker ${broker} was lost: ${reasonOf(chain)}.`;
  return (
    refusal(chain, `Authenticating with ${broker}`) ??
    tlsRefusal(chain, broker) ??
    new KafkaError({ code: "KAFKA_DISCONNECTED", retryable: true, message, cause: chain.at(-1) })
  );
}

function refusal(chain: readonly Error[], what: string): KafkaError | undefined {
  for (const error of chain) if (KafkaError.is(error) && error.code !== "KAFKA_DISCONNECTED") return error;
  const answered = chain.find((error) => typeof Reflect.get(error, "apiCode") === "number");
  const isAboutCredentials = chain.some((error) => Reflect.get(error, "code") === "PLT_KFK_AUTHENTICATION");
  if (answered === undefined && !isAboutCredentials) return undefined;
  const error = answered === undefined ? undefined : brokerError(Reflect.get(answered, "apiCode") as number, { what });
  if (error !== undefined && !isAboutCredentials) return error;
  return new KafkaError({
    code: "KAFKA_AUTHENTICATION_FAILED",
    message: `${what} failed: SASL authentication did not succeed. Check mechanism, user name and password, or the token.`,
    kafkaError: error?.kafkaError,
    cause: chain.at(-1),
  });
}

/** An error and what caused it, outermost first. @platformatic/kafka wraps each error that it passes on, and answers of the broker in lists. */
function chainOf(error: unknown): readonly Error[] {
  const chain: Error[] = [];
  const visit = (current: unknown): void => {
    if (!(current instanceof Error) || chain.includes(current)) return;
    chain.push(current);
    for (const nested of (current as { readonly errors?: readonly unknown[] }).errors ?? []) visit(nested);
    visit(current.cause);
  };
  visit(error instanceof Error ? error : new Error(String(error)));
  return chain;
}

function reasonOf(chain: readonly Error[]): string {
  return (chain.at(-1)?.message ?? "").replace(/[.\s]+$/, "");
}
