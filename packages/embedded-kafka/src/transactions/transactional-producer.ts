import type { ProducerIdentity } from "./transactional-id.ts";

const magicAt = 16;
const attributesAt = 21;
const producerIdAt = 43;
const producerEpochAt = 51;
const baseSequenceAt = 53;
const firstRecordAt = 61;
const transactionalBit = 0x10;
const newestMagic = 2;

/** Who wrote a transactional batch, and which of its batches it is. */
export interface TransactionalBatch extends ProducerIdentity {
  readonly baseSequence: number;
}

/** Who wrote a transactional batch. `undefined` for any other batch, and for bytes that are none: those are refused later, for what they are. */
export function transactionalProducerOf(batch: Buffer): TransactionalBatch | undefined {
  if (batch.length < firstRecordAt || batch[magicAt] !== newestMagic) return undefined;
  if ((batch.readInt16BE(attributesAt) & transactionalBit) === 0) return undefined;
  const producerId = Number(batch.readBigInt64BE(producerIdAt));
  if (producerId < 0) return undefined;
  return { producerId, producerEpoch: batch.readInt16BE(producerEpochAt), baseSequence: batch.readInt32BE(baseSequenceAt) };
}
