import { expect, test } from "vitest";
import { avro } from "../avro.ts";
import { createInMemorySchemas } from "../in-memory-schemas.ts";
import { type EventSchemaName, eventSchema } from "./event-schemas.ts";

const fields = {
  debate_event: "debate_id question context round_number? participant? response?",
  decision_event:
    "decision_id question context decision_text decision_type method rounds:int debate_id? implementation_assignee? implementation_complexity?",
  evolution_event: "evolution_id improvement_type description impact_assessment status",
  webhook_event: "webhook_id endpoint_url payload status attempts:int last_attempt_at?",
};
const common = "event_id event_type aggregate_id aggregate_type occurred_at:long metadata:map";

test("[003-26] each built-in event has the common fields and its own, the optional ones with null", () => {
  for (const [name, own] of Object.entries(fields)) {
    const made = eventSchema(name)!.fields.map(({ name: field, type, default: initial }) => {
      if (Array.isArray(type)) return type[0] === "null" && initial === null ? `${field}?` : "wrong";
      if (typeof type === "object") return `${field}:${String((type as { type: unknown }).type)}`;
      return type === "string" ? field : `${field}:${type}`;
    });
    expect(made.join(" "), name).toBe(`${common} ${own}`);
    expect(eventSchema(name)!.fields[5]!.type).toEqual({ type: "map", values: "string" });
    expect(() => avro(eventSchema(name)!)).not.toThrow();
  }
});

test("[003-25] a serde of a schema's text writes Dates as milliseconds; four events have a built-in schema, others null", () => {
  const text = `{
    "type": "record",
    "name": "DebateEvent",
    "fields": [
      {"name": "debate_id", "type": "string"},
      {"name": "timestamp", "type": "long"}
    ]
  }`;
  const serde = avro<{ debate_id: string; timestamp: number | Date }>(text, { datesAsMillis: true }).bind({
    topic: "debates",
    part: "value",
    source: createInMemorySchemas(),
  });
  void serde.prepareToSerialize();
  const event = { debate_id: "debate-123", timestamp: 1_672_531_200_000 };
  for (const timestamp of [event.timestamp, new Date(event.timestamp)]) {
    const data = serde.serialize({ ...event, timestamp });
    void serde.prepareToDeserialize(data);
    expect(serde.deserialize(data)).toStrictEqual(event);
  }
  const names: EventSchemaName[] = ["debate_event", "decision_event", "evolution_event", "webhook_event"];
  expect(names.map((name) => eventSchema(name).name)).toEqual(["DebateEvent", "DecisionEvent", "EvolutionEvent", "WebhookEvent"]);
  for (const name of ["unknown", "", "constructor"]) expect(eventSchema(name)).toBeNull();
});
