import type { CapabilityName, DriverCapabilities } from "./capability-table.ts";
import { KafkaError } from "./kafka-error.ts";

/**
 * Fails unless the driver can do it.
 * @throws KafkaError (`CAPABILITY_REFUSED`)
 */
export function requireCapability(
  driver: { readonly name: string; readonly capabilities: DriverCapabilities },
  capability: CapabilityName,
): void {
  const answer = driver.capabilities[capability];
  if (answer.support !== "refused") return;
  throw new KafkaError({
    code: "CAPABILITY_REFUSED",
    message: `the ${driver.name} driver cannot do ${capability} (${answer.error}): ${answer.why}`,
  });
}
