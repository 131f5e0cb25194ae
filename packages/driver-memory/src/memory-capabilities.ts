import { clientCapabilities } from "@millrace/client";
import type { DriverCapabilities } from "@millrace/kafka";

/** What the in-memory driver can do: all that `@millrace/client` can. */
export const memoryCapabilities: DriverCapabilities = clientCapabilities;
