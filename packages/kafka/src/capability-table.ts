/** What may be asked of a driver. */
export type CapabilityName =
  | "produce"
  | "idempotent-producer"
  | "null-header-values"
  | "repeated-header-names"
  | "compression-gzip"
  | "compression-snappy"
  | "compression-lz4"
  | "compression-zstd"
  | "consumer-groups"
  | "heartbeats-during-handlers"
  | "awaited-revocation"
  | "fenced-commits"
  | "commit-metadata"
  | "reset-policy-none"
  | "offset-gaps"
  | "delete-records"
  | "admin-configs"
  | "admin-groups"
  | "access-control"
  | "transactions"
  | "static-members"
  | "cooperative-rebalance";

/** How a driver answers: by the library itself, by our code around it, or not at all. */
export type Capability =
  | { readonly support: "native" }
  | { readonly support: "emulated"; readonly how: string }
  | { readonly support: "refused"; readonly error: string; readonly why: string };

/** One row of the table: every capability, answered. */
export type DriverCapabilities = Readonly<Record<CapabilityName, Capability>>;
