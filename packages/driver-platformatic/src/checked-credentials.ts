import { KafkaError } from "@millrace/kafka";
import type { PlatformaticSasl } from "./platformatic-options.ts";

/**
 * The same credentials, whose functions give texts or reject. @platformatic/kafka works on with what they give, where an exception ends the process. What a
 * function could not give now it may give later: whoever wants the connection tries again.
 */
export function checkedCredentials(sasl: PlatformaticSasl): PlatformaticSasl {
  const isProvider = ([name, value]: readonly [string, unknown]): boolean =>
    typeof value === "function" && name !== "oauthBearerExtensions";
  return Object.fromEntries(
    Object.entries(sasl).map((field) => (isProvider(field) ? [field[0], checked(field[0], field[1] as () => unknown)] : field)),
  ) as unknown as PlatformaticSasl;
}

function checked(name: string, provide: () => unknown): () => Promise<string> {
  return async () => {
    let given: unknown;
    try {
      given = await provide();
    } catch (cause) {
      const why = (cause instanceof Error ? cause.message : String(cause)).replace(/[.\s]+$/, "");
      throw failure(`The function "sasl.${name}" failed: ${why}.`, cause);
    }
    if (typeof given !== "string" || given === "")
      throw failure(`The function "sasl.${name}" gave ${given === "" ? "an empty text" : `no text but ${typeof given}`}.`);
    return given;
  };
}

function failure(message: string, cause?: unknown): KafkaError {
  return new KafkaError({ code: "KAFKA_AUTHENTICATION_FAILED", retryable: true, message, cause });
}
