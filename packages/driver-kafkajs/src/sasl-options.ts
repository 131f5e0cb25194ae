import { type CheckedCredentials, checkedCredentials } from "@millrace/client";
import type { SaslSettings } from "@millrace/core";
import type { AuthenticationProviderArgs, Authenticator, Mechanism } from "kafkajs";
import oauthBearer from "kafkajs/src/broker/saslAuthenticator/oauthBearer.js";
import plain from "kafkajs/src/broker/saslAuthenticator/plain.js";
import scram256 from "kafkajs/src/broker/saslAuthenticator/scram256.js";
import scram512 from "kafkajs/src/broker/saslAuthenticator/scram512.js";

const authenticators = { PLAIN: plain, "SCRAM-SHA-256": scram256, "SCRAM-SHA-512": scram512, OAUTHBEARER: oauthBearer };

/**
 * SASL as kafkajs takes it: its own authenticators, asked for their credentials each time a connection authenticates. kafkajs itself would keep the first
 * authenticator in the options it was given, beside a password in clear.
 */
export function saslOptions(sasl: SaslSettings): Mechanism {
  const credentials = checkedCredentials(sasl);
  const provide = authenticators[credentials.mechanism];
  const authenticationProvider = (given: AuthenticationProviderArgs): Authenticator => ({
    authenticate: async () => await provide(await currentCredentials(credentials))(given).authenticate(),
  });
  return { mechanism: credentials.mechanism, authenticationProvider };
}

async function currentCredentials(credentials: CheckedCredentials): Promise<object> {
  if (credentials.mechanism !== "OAUTHBEARER") {
    const [username, password] = await Promise.all([credentials.username(), credentials.password()]);
    return { username, password };
  }
  const { extensions } = credentials;
  const value = await credentials.token();
  return { oauthBearerProvider: async () => ({ value, extensions }) };
}
