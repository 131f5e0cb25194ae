export type { AvroModel, ModelType, ModelTypeOptions, ScalarName } from "./avro-model.ts";
export {
  type AvroField,
  type AvroRecordSchema,
  type AvroSchemaOfOptions,
  type AvroSchemaPart,
  avroSchemaOf,
} from "./avro-schema-of.ts";
export { type AvroTypesOptions, avroTypes } from "./avro-types.ts";
export { type EventSchemaName, eventSchema } from "./event-schemas.ts";
export type { ZodLike } from "./zod-json-schema.ts";
