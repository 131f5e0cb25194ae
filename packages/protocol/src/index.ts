export { type ApiDescriptor, type ApiName, apiByKey, apiKeys, apis } from "./api.ts";
export {
  decodeMessage,
  decodeVersionedMessage,
  type EmbeddedMessageName,
  encodeMessage,
  encodeVersionedMessage,
} from "./embedded-message.ts";
export { type ErrorDescriptor, type ErrorName, errorByCode, errorCodes } from "./error-code.ts";
export type { EmbeddedMessageTypes, RequestTypes, ResponseTypes } from "./generated/message-types.ts";
export type { MessageInput } from "./message-input.ts";
export { ProtocolError, type ProtocolErrorCode } from "./protocol-error.ts";
export { decodeRequest, decodeRequestHeader, encodeRequest, type Request, type RequestHeader, type RequestOf } from "./request.ts";
export { decodeResponse, encodeResponse, readCorrelationId } from "./response.ts";
export { zeroUuid } from "./uuid.ts";
