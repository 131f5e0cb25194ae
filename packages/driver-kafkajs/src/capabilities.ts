import type { DriverCapabilities } from "@millrace/kafka";

const native = { support: "native" } as const;

/** What the kafkajs driver can do, and how. */
export const kafkajsCapabilities: DriverCapabilities = {
  produce: native,
  "idempotent-producer": {
    support: "emulated",
    how: "batches are numbered by the driver, one under way per partition; kafkajs numbers wrongly after a partial failure",
  },
  "null-header-values": { support: "emulated", how: "records are encoded by @millrace/protocol; kafkajs throws" },
  "repeated-header-names": { support: "emulated", how: "records are encoded by @millrace/protocol; kafkajs loses their order" },
  "compression-gzip": { support: "emulated", how: "@millrace/compression, without touching kafkajs's codec registry" },
  "compression-snappy": { support: "emulated", how: "@millrace/compression; kafkajs has none" },
  "compression-lz4": { support: "emulated", how: "@millrace/compression; kafkajs has none" },
  "compression-zstd": { support: "emulated", how: "@millrace/compression; kafkajs has none" },
  "consumer-groups": {
    support: "emulated",
    how: "the driver speaks the classic group protocol; plain kafkajs members and Java round-robin members may share a group",
  },
  "heartbeats-during-handlers": { support: "emulated", how: "the driver beats by a timer of its own; kafkajs beats between handlers" },
  "awaited-revocation": { support: "emulated", how: "the driver joins again after `revoked` settled; kafkajs does not wait" },
  "fenced-commits": { support: "emulated", how: "the driver commits under the generation of the batch" },
  "commit-metadata": native,
  "reset-policy-none": { support: "emulated", how: "the driver never resets; kafkajs commits -1" },
  "offset-gaps": { support: "emulated", how: "positions come from batch headers; kafkajs hides gaps" },
  "delete-records": native,
  transactions: { support: "refused", error: "CAPABILITY_REFUSED", why: "not built yet" },
  "static-members": { support: "refused", error: "CAPABILITY_REFUSED", why: "not built yet" },
  "cooperative-rebalance": { support: "refused", error: "CAPABILITY_REFUSED", why: "not built yet" },
};
