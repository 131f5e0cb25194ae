import { clientCapabilities } from "@millrace/client";
import type { DriverCapabilities } from "@millrace/kafka";

/** What the platformatic driver can do: all that `@millrace/client` can, since @platformatic/kafka carries its requests and no more. */
export const platformaticCapabilities: DriverCapabilities = clientCapabilities;
