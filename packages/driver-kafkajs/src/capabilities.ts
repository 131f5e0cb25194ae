import { clientCapabilities } from "@millrace/client";
import type { DriverCapabilities } from "@millrace/kafka";

/** What the kafkajs driver can do: all that `@millrace/client` can, since kafkajs carries its requests and no more. */
export const kafkajsCapabilities: DriverCapabilities = clientCapabilities;
