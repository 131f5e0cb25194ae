import type { AvroModel, ModelType } from "./avro-model.ts";
import { type AvroRecordSchema, avroSchemaOf } from "./avro-schema-of.ts";

/** The events that have a built-in schema. */
export type EventSchemaName = "debate_event" | "decision_event" | "evolution_event" | "webhook_event";

const optionalText: ModelType = { type: "optional", of: "string" };
const optionalInt: ModelType = { type: "optional", of: "int" };
/** Milliseconds since 1970: more than an int holds. */
const time: ModelType = { type: "int", max: Number.MAX_SAFE_INTEGER };

const common: AvroModel["fields"] = {
  event_id: "string",
  event_type: "string",
  aggregate_id: "string",
  aggregate_type: "string",
  occurred_at: time,
  metadata: { type: "map", values: "string" },
};

const models: Readonly<Record<EventSchemaName, AvroModel>> = {
  debate_event: {
    name: "DebateEvent",
    fields: {
      ...common,
      debate_id: "string",
      question: "string",
      context: "string",
      round_number: optionalInt,
      participant: optionalText,
      response: optionalText,
    },
  },
  decision_event: {
    name: "DecisionEvent",
    fields: {
      ...common,
      decision_id: "string",
      question: "string",
      context: "string",
      decision_text: "string",
      decision_type: "string",
      method: "string",
      rounds: "int",
      debate_id: optionalText,
      implementation_assignee: optionalText,
      implementation_complexity: optionalText,
    },
  },
  evolution_event: {
    name: "EvolutionEvent",
    fields: {
      ...common,
      evolution_id: "string",
      improvement_type: "string",
      description: "string",
      impact_assessment: "string",
      status: "string",
    },
  },
  webhook_event: {
    name: "WebhookEvent",
    fields: {
      ...common,
      webhook_id: "string",
      endpoint_url: "string",
      payload: "string",
      status: "string",
      attempts: "int",
      last_attempt_at: { type: "optional", of: time },
    },
  },
};

/** The Avro schema of a built-in event; null for any other name. */
export function eventSchema(name: EventSchemaName): AvroRecordSchema;
export function eventSchema(name: string): AvroRecordSchema | null;
export function eventSchema(name: string): AvroRecordSchema | null {
  return Object.hasOwn(models, name) ? avroSchemaOf(models[name as EventSchemaName]) : null;
}
