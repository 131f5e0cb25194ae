import type { Credential, SaslSettings } from "@millrace/core";
import { KafkaError } from "@millrace/kafka";

/** What a connection authenticates with. */
export type CheckedCredentials =
  | {
      readonly mechanism: Extract<SaslSettings, { username: Credential }>["mechanism"];
      readonly username: () => Promise<string>;
      readonly password: () => Promise<string>;
    }
  | { readonly mechanism: "OAUTHBEARER"; readonly token: () => Promise<string>; readonly extensions: Readonly<Record<string, string>> };

/**
 * The same credentials as functions that give texts, or reject with a `KafkaError`. What a function could not give now it may give later: whoever wants the
 * connection tries again. Nothing that is printed shows what a function holds.
 */
export function checkedCredentials(sasl: SaslSettings): CheckedCredentials {
  const { mechanism } = sasl;
  if (mechanism === "OAUTHBEARER") return { mechanism, token: checked("token", sasl.token), extensions: { ...sasl.extensions } };
  return { mechanism, username: checked("username", sasl.username), password: checked("password", sasl.password) };
}

function checked(name: string, credential: Credential): () => Promise<string> {
  if (typeof credential === "string") return () => Promise.resolve(credential);
  return async () => {
    let given: unknown;
    try {
      given = await credential();
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
