import type { ProducerIdentity } from "./transactional-id.ts";

const magicAt = 16;
const attributesAt = 21;
const producerIdAt = 43;
const producerEpochAt = 51;
const firstRecordAt = 61;
const transactionalBit = 0x10;
const newestMagic = 2;

/** Who wrote a transactional batch. `undefined` for any other batch, and for bytes that are none: those are refused later, for what they are. */
export function transactionalProducerOf(batch: Buffer): ProducerIdentity | undefined {
  if (batch.length < firstRecordAt || batch[magicAt] !== newestMagic) return undefined;
  if ((batch.readInt16BE(attributesAt) & transactionalBit) === 0) return undefined;
  const producerId = Number(batch.readBigInt64BE(producerIdAt));
  return producerId < 0 ? undefined : { producerId, producerEpoch: batch.readInt16BE(producerEpochAt) };
}
