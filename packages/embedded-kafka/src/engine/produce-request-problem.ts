import type { ErrorName, RequestTypes } from "@millrace/protocol";

/** Why a produce request is refused as a whole. */
export interface ProduceRequestProblem {
  readonly error: ErrorName;
  readonly message: string | null;
}

const sizeAt = 8;
const magicAt = 16;
const attributesAt = 21;
const transactionalBit = 0x10;
const newestMagic = 2;
const batchPrefixBytes = 12;
/** No format has a smaller batch. */
const smallestSize = 14;

/**
 * Before it takes any batch Kafka looks for transactional ones, which need a transactional id. A format it cannot look into, and a transactional
 * batch without that id, fail all partitions of the request.
 */
export function produceRequestProblem(body: RequestTypes["Produce"]): ProduceRequestProblem | undefined {
  for (const { partitionData } of body.topicData) {
    for (const { records } of partitionData) {
      if (records === null || records.length < batchPrefixBytes) continue;
      const size = records.readInt32BE(sizeAt);
      if (size < smallestSize) return { error: "CORRUPT_MESSAGE", message: `a record batch cannot have a size of ${size} bytes` };
      if (records.length < attributesAt + 2) continue;
      const magic = records.readInt8(magicAt);
      if (magic < 0 || magic > newestMagic) return { error: "CORRUPT_MESSAGE", message: `record batches of format ${magic} do not exist` };
      const isTransactional = magic === newestMagic && (records.readInt16BE(attributesAt) & transactionalBit) !== 0;
      if (isTransactional && body.transactionalId === null) return { error: "TRANSACTIONAL_ID_AUTHORIZATION_FAILED", message: null };
    }
  }
  return undefined;
}
