import type { Logger } from "@millrace/core";
import kafkajs, { type LogEntry } from "kafkajs";

const connecting: ReadonlySet<string> = new Set(["Connection", "BrokerPool"]);

/**
 * Makes kafkajs log through `logger`. kafkajs calls every connection attempt that fails an error and every start an info line; whoever waits for the
 * outcome is told by a rejection anyway, so its errors become warnings and the rest debug lines. So do those of single connections and of attempts to
 * make one: while a broker is away there are many, and who needed it says so.
 */
export function bridgeLog(logger: Logger): () => (entry: LogEntry) => void {
  return () => (entry) => {
    const { message, timestamp: _timestamp, logger: _logger, stack: _stack, ...fields } = entry.log;
    const details = { ...fields, namespace: entry.namespace };
    const isSerious = entry.level === kafkajs.logLevel.ERROR || entry.level === kafkajs.logLevel.WARN;
    if (isSerious && !connecting.has(entry.namespace)) logger.warn(`kafkajs: ${message}`, details);
    else logger.debug(`kafkajs: ${message}`, details);
  };
}
