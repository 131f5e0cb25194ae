import type { Capability, DriverCapabilities } from "@millrace/kafka";

const native: Capability = { support: "native" };
const later = (what: string): Capability => ({
  support: "refused",
  error: "CAPABILITY_REFUSED",
  why: `${what} are not built yet`,
});

/** What the in-memory driver can do. */
export const memoryCapabilities: DriverCapabilities = Object.freeze({
  produce: native,
  "idempotent-producer": native,
  "null-header-values": native,
  "repeated-header-names": native,
  "compression-gzip": native,
  "compression-snappy": native,
  "compression-lz4": native,
  "compression-zstd": native,
  "consumer-groups": native,
  "heartbeats-during-handlers": native,
  "awaited-revocation": native,
  "fenced-commits": native,
  "commit-metadata": native,
  "reset-policy-none": native,
  "offset-gaps": native,
  "delete-records": native,
  transactions: later("transactions"),
  "static-members": later("static members"),
  "cooperative-rebalance": later("cooperative rebalances"),
});
