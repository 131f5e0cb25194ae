import type { GroundTiming, StoredRecord } from "./fault-ground.ts";
import { maxBlockMs, type ProducerLog, type SentMessage } from "./schedule-producer.ts";

/** What is wrong with a topic, seen from those who wrote it; nothing when all is well. */
export function checkProduced(stored: readonly StoredRecord[], logs: readonly ProducerLog[], timing: GroundTiming): readonly string[] {
  const problems: string[] = [];
  const places = new Map<string, StoredRecord[]>();
  const nextOffsets = new Map<number, number>();
  for (const record of stored) {
    const next = nextOffsets.get(record.partition) ?? 0;
    if (record.offset !== next) problems.push(`partition ${record.partition} has offset ${record.offset} where ${next} was next`);
    nextOffsets.set(record.partition, record.offset + 1);
    const place = places.get(record.value);
    if (place === undefined) places.set(record.value, [record]);
    else place.push(record);
  }
  for (const log of logs) {
    const lastOffsets = new Map<number, number>();
    for (const message of log.messages) {
      problems.push(...checkSettled(message, timing));
      const found = places.get(message.value) ?? [];
      if (log.idempotent && found.length > 1) problems.push(`${message.value} is stored ${found.length} times`);
      if (message.error !== undefined) continue;
      const [first] = found;
      if (first === undefined) {
        problems.push(`${message.value} was acknowledged and is not stored`);
        continue;
      }
      if (message.offset !== -1 && !found.some(({ offset, partition }) => offset === message.offset && partition === message.partition)) {
        problems.push(`${message.value} is not stored at ${message.partition}:${message.offset}, as its sender was told`);
      }
      const last = lastOffsets.get(message.partition) ?? -1;
      if (first.offset <= last) problems.push(`${message.value} is stored at ${first.offset}, before what was sent before it`);
      lastOffsets.set(message.partition, first.offset);
    }
  }
  return problems;
}

function checkSettled({ value, sentAtMs, settledAtMs, callbacks, offset, error }: SentMessage, timing: GroundTiming): readonly string[] {
  const problems: string[] = [];
  if (settledAtMs === undefined || (offset === undefined) === (error === undefined)) problems.push(`${value} has not settled`);
  else if (settledAtMs - sentAtMs > timing.deliveryTimeoutMs + maxBlockMs + timing.slackMs) {
    problems.push(`${value} took ${Math.round(settledAtMs - sentAtMs)} ms to settle`);
  }
  if (callbacks !== 1) problems.push(`the callback of ${value} was called ${callbacks} times`);
  return problems;
}
