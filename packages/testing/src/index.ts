export { type ErrorTable, type ErrorTableRow, errorTableProblems } from "./error-table.ts";
export { type CheckHistoryOptions, checkHistory } from "./history/check-history.ts";
export { createHistory, type History } from "./history/create-history.ts";
export type {
  HistoryEvent,
  HistoryRange,
  OffsetCommitted,
  RecordPlace,
  RecordSeen,
  RecordSettled,
  RecordStored,
  TransactionEnded,
  WorkerStruck,
} from "./history/history-event.ts";
export type { HistoryFinding, HistoryFindingKind } from "./history/history-finding.ts";
export { makeCertificate, type TestCertificate, type TestCertificateOptions } from "./make-certificate.ts";
export { seededRandom } from "./seeded-random.ts";
export { startTcpProxy, type TcpProxy, type TcpProxyOptions } from "./tcp-proxy.ts";
export { ConditionNotMetError } from "./testing-error.ts";
export { unreachableBrokers } from "./unreachable-brokers.ts";
export { createVirtualClock, type RunUntilOptions, type VirtualClock, type VirtualClockOptions } from "./virtual-clock.ts";
export { type Truthy, type WaitForOptions, waitFor } from "./wait-for.ts";
