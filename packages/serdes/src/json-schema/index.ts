export { type JsonSchemaOptions, jsonSchema } from "./json-schema.ts";
