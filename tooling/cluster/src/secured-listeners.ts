import { serverKeyStore, trustStore } from "./make-certificates.ts";

/** The doors of the secured broker, in the order of their ports. */
export const securedListeners = ["plaintext", "tls", "mutualTls", "elsewhereTls", "sasl", "saslTls"] as const;

/** A door of the secured broker. */
export type SecuredListener = (typeof securedListeners)[number];

/** Who may come in, with the password that PLAIN and SCRAM ask for. */
export interface SecuredUser {
  readonly username: string;
  readonly password: string;
}

/** `admin` may do everything; `alice` and `bob` what they are granted. */
export const securedUsers: { readonly admin: SecuredUser; readonly alice: SecuredUser; readonly bob: SecuredUser } = {
  admin: { username: "admin", password: "admin-pass-word" },
  alice: { username: "alice", password: "alice-pass-word" },
  bob: { username: "bob", password: "bob-pass-word" },
};

/** How long a session may last where sessions are bounded: SCRAM-SHA-512 and OAUTHBEARER at the door `sasl`. */
export const sessionLifetimeMs = 3_000;

const protocols: Readonly<Record<SecuredListener, string>> = {
  plaintext: "PLAINTEXT",
  tls: "SSL",
  mutualTls: "SSL",
  elsewhereTls: "SSL",
  sasl: "SASL_PLAINTEXT",
  saslTls: "SASL_SSL",
};

const mechanisms = ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER"];
const security = "org.apache.kafka.common.security";

/** The properties that make one node a secured broker. Its listeners have neighbouring ports. */
export function securedProperties(options: {
  readonly firstPort: number;
  readonly controllerPort: number;
  readonly certificateFolder: string;
}): Readonly<Record<string, string | number | boolean>> {
  const { firstPort, controllerPort, certificateFolder } = options;
  const names = securedListeners.map((listener) => listenerName(listener));
  const listeners = [...names.map((name, index) => `${name}://127.0.0.1:${firstPort + index}`), `CONTROLLER://127.0.0.1:${controllerPort}`];
  const users = Object.values(securedUsers).map(({ username, password }) => `user_${username}="${password}"`);
  return {
    listeners: listeners.join(),
    "advertised.listeners": listeners.join(),
    "listener.security.protocol.map": [
      ...securedListeners.map((listener) => `${listenerName(listener)}:${protocols[listener]}`),
      "CONTROLLER:PLAINTEXT",
    ].join(),
    "inter.broker.listener.name": listenerName("plaintext"),
    // The broker itself, and whoever only wants to see that it is up, come in unnamed.
    "super.users": "User:admin;User:client;User:ANONYMOUS",
    "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
    "ssl.keystore.type": "PEM",
    "ssl.truststore.type": "PEM",
    "ssl.truststore.location": trustStore(certificateFolder),
    "ssl.keystore.location": serverKeyStore(certificateFolder, "server"),
    "ssl.principal.mapping.rules": "RULE:^CN=([^,]+).*$/$1/,DEFAULT",
    "listener.name.mutualtls.ssl.client.auth": "required",
    "listener.name.elsewheretls.ssl.keystore.type": "PEM",
    "listener.name.elsewheretls.ssl.keystore.location": serverKeyStore(certificateFolder, "elsewhere"),
    "sasl.enabled.mechanisms": mechanisms.join(),
    ...Object.assign(
      {},
      ...["sasl", "sasltls"].map((name) => ({
        [`listener.name.${name}.plain.sasl.jaas.config`]: `${security}.plain.PlainLoginModule required ${users.join(" ")};`,
        [`listener.name.${name}.scram-sha-256.sasl.jaas.config`]: `${security}.scram.ScramLoginModule required;`,
        [`listener.name.${name}.scram-sha-512.sasl.jaas.config`]: `${security}.scram.ScramLoginModule required;`,
        // Takes tokens that nobody signed: for tests.
        [`listener.name.${name}.oauthbearer.sasl.jaas.config`]: `${security}.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="admin";`,
      })),
    ),
    "listener.name.sasl.scram-sha-512.connections.max.reauth.ms": sessionLifetimeMs,
    "listener.name.sasl.oauthbearer.connections.max.reauth.ms": sessionLifetimeMs,
  };
}

/** What Kafka's formatting is told, so that the users can come in by SCRAM. */
export function scramParameters(): readonly string[] {
  return ["SCRAM-SHA-256", "SCRAM-SHA-512"].flatMap((mechanism) =>
    Object.values(securedUsers).flatMap(({ username, password }) => [
      "--add-scram",
      `${mechanism}=[name=${username},password=${password}]`,
    ]),
  );
}

function listenerName(listener: SecuredListener): string {
  return listener.toUpperCase();
}
