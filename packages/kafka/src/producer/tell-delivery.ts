import type { Logger } from "@millrace/core";
import type { RecordMetadata } from "../record.ts";
import type { OnDelivery } from "./producer.ts";

/** Tells a callback, once, what the promise tells; the promise itself is given back. */
export function tellDelivery(result: Promise<RecordMetadata>, onDelivery: OnDelivery | undefined, logger: Logger): Promise<RecordMetadata> {
  if (onDelivery === undefined) return result;
  const tell = (metadata: RecordMetadata | null, error: Error | null): void => {
    try {
      onDelivery(metadata, error);
    } catch (thrown) {
      logger.error("a delivery callback failed", { error: thrown });
    }
  };
  result.then(
    (metadata) => tell(metadata, null),
    (error: unknown) => tell(null, error instanceof Error ? error : new Error(String(error))),
  );
  return result;
}
