import { expect, test } from "vitest";
import { integration } from "./integration.ts";
import { loadConfig, safeLoadConfig } from "./load-config.ts";
import { messages } from "./messages.ts";

test("Kafka is used unless it is switched off, and only true, in any case, switches it on", () => {
  const load = (environment: Record<string, string>) => safeLoadConfig({ sections: [integration], environment });
  expect(load({}).config?.integration).toEqual({ enabled: true, retryDelaySeconds: 5 });
  for (const word of ["true", "TRUE", "True"]) expect(load({ KAFKA_ENABLED: word }).config?.integration.enabled).toBe(true);
  for (const word of ["false", "FALSE"]) expect(load({ KAFKA_ENABLED: word }).config?.integration.enabled).toBe(false);
  for (const word of ["1", "yes", "on", "0", ""])
    expect(load({ KAFKA_ENABLED: word }).errors).toEqual([
      expect.objectContaining({ path: "integration.enabled", source: "environment KAFKA_ENABLED", rule: "must be true or false" }),
    ]);
});

test("debug is a list of librdkafka's contexts", () => {
  const load = (text: string) => safeLoadConfig({ sections: [integration], environment: { KAFKA_DEBUG: text } });
  expect(load("broker,topic,msg").config?.integration.debug).toEqual(["broker", "topic", "msg"]);
  expect(load("broker, massages").errors).toEqual([
    expect.objectContaining({ path: "integration.debug.1", rule: expect.stringContaining("msg") as unknown }),
  ]);
});

test("messages are JSON, a hundred at once, unless something else is said", () => {
  expect(loadConfig({ sections: [messages], environment: {} }).messages).toEqual({
    format: "json",
    maxMessages: 100,
    maxBytes: 1_048_576,
  });
  const { errors } = safeLoadConfig({ sections: [messages], object: { messages: { format: "a b", maxMessages: 0 } }, environment: {} });
  expect(errors.map(({ path }) => path)).toEqual(["messages.format", "messages.maxMessages"]);
});
