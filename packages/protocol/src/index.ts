export { type ApiDescriptor, type ApiName, apiByKey, apis } from "./api.ts";
export { crc32c } from "./crc32c.ts";
export {
  decodeMessage,
  decodeVersionedMessage,
  type EmbeddedMessageName,
  encodeMessage,
  encodeVersionedMessage,
} from "./embedded-message.ts";
export { type ErrorDescriptor, type ErrorName, errorByCode } from "./error-code.ts";
export { apiKeys } from "./generated/api-table.ts";
export { errorCodes } from "./generated/error-table.ts";
export type { EmbeddedMessageTypes, RequestTypes, ResponseTypes } from "./generated/message-types.ts";
export type { MessageInput } from "./message-input.ts";
export { murmur2 } from "./murmur2.ts";
export { ProtocolError, type ProtocolErrorCode } from "./protocol-error.ts";
export { type ControlRecord, type ControlRecordType, endTransactionRecord, readControlRecord } from "./record/control-record.ts";
export { type DecodedRecordBatch, type DecodeRecordBatchOptions, decodeRecordBatch } from "./record/decode-record-batch.ts";
export { encodeRecordBatch, type RecordBatchInput } from "./record/encode-record-batch.ts";
export type { DecodedRecord, RecordHeader, RecordInput } from "./record/kafka-record.ts";
export {
  batchesIn,
  type CompressionType,
  compressionTypes,
  type RecordBatchHeader,
  readBatchHeader,
  type TimestampType,
} from "./record/record-batch-header.ts";
export { setBaseOffset, setLogAppendTime, setPartitionLeaderEpoch } from "./record/rewrite-batch.ts";
export { validateBatch } from "./record/validate-batch.ts";
export {
  type DecodeLimits,
  decodeRequest,
  decodeRequestHeader,
  encodeRequest,
  type Request,
  type RequestHeader,
  type RequestOf,
} from "./request.ts";
export { decodeResponse, encodeResponse, encodeResponseInPieces, type ResponseInput, readCorrelationId } from "./response.ts";
export { zeroUuid } from "./uuid.ts";
