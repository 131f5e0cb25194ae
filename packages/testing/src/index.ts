export { type ErrorTable, type ErrorTableRow, errorTableProblems } from "./error-table.ts";
export { makeCertificate, type TestCertificate, type TestCertificateOptions } from "./make-certificate.ts";
export { seededRandom } from "./seeded-random.ts";
export { startTcpProxy, type TcpProxy, type TcpProxyOptions } from "./tcp-proxy.ts";
export { ConditionNotMetError } from "./testing-error.ts";
export { unreachableBrokers } from "./unreachable-brokers.ts";
export { createVirtualClock, type RunUntilOptions, type VirtualClock, type VirtualClockOptions } from "./virtual-clock.ts";
export { type Truthy, type WaitForOptions, waitFor } from "./wait-for.ts";
