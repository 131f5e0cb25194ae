import type { Capability, DriverCapabilities } from "@millrace/kafka";

const native: Capability = { support: "native" };

/** What this client can do, whatever carries its requests. */
export const clientCapabilities: DriverCapabilities = Object.freeze({
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
  "admin-configs": native,
  "admin-groups": native,
  "access-control": native,
  transactions: native,
  "static-members": native,
  "cooperative-rebalance": native,
});
