export { clientCapabilities } from "./client-capabilities.ts";
export { brokerError, type ErrorContext } from "./client-error.ts";
export { type ClientConnectionOptions, createClientConnection } from "./create-client-connection.ts";
export { decodeAnswerBytes, encodeRequestBytes } from "./request-bytes.ts";
export { type CheckedCredentials, checkedCredentials } from "./security/checked-credentials.ts";
export { connectionProblems, type GivenConnection, timeoutProblems } from "./security/connection-problems.ts";
export { tlsRefusal } from "./security/tls-refusal.ts";
export type { BrokerAddress, Transport, TransportConnection, TransportRequest } from "./transport.ts";
