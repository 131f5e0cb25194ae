import type { KafkaCheckContext } from "@millrace/kafka/checks";
import type { RetryCheckContext } from "@millrace/retry/checks";
import type { RegistryCheckContext } from "@millrace/schema-registry/checks";

/** What checks look at: what those of each package need, together. */
export type DoctorContext = KafkaCheckContext & RetryCheckContext & RegistryCheckContext;
