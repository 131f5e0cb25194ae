export { type Codec, type CodecType, codecFor, createCodec } from "./codec.ts";
export type { CodecName, CodecOptions } from "./codec-options.ts";
export { CompressionError, type CompressionErrorCode } from "./compression-error.ts";
export { type CodecRegistration, type RegisterCodecsOptions, registerCodecs } from "./register-codecs.ts";
export type { SnappyFraming } from "./snappy.ts";
