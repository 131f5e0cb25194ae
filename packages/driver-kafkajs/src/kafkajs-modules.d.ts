/** Parts of kafkajs 2.2.4 that have no types of their own; the package has no list of exports. */
declare module "kafkajs/src/broker/saslAuthenticator/*.js" {
  import type { AuthenticationProviderArgs, Authenticator } from "kafkajs";

  const provide: (sasl: object) => (given: AuthenticationProviderArgs) => Authenticator;
  export = provide;
}
