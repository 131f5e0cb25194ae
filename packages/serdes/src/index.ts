export { bytes } from "./bytes.ts";
export { type JsonOptions, json } from "./json.ts";
export type {
  SchemaDefinition,
  SchemaReference,
  SchemaSource,
  SchemaSourceOptions,
  Serde,
  SerdeBinding,
  SerdeDescriptor,
} from "./serde.ts";
export { SerdeError, type SerdeErrorCode, type SerdeErrorDetails } from "./serde-error.ts";
export { string } from "./string.ts";
