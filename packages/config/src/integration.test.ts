import { expect, test } from "vitest";
import { integration } from "./integration.ts";
import { loadConfig, safeLoadConfig } from "./load-config.ts";
import { fromProperties, toProperties } from "./properties.ts";
import { topicNames } from "./topic-names.ts";

const load = (environment: Record<string, string>): unknown => loadConfig({ sections: [integration], environment }).integration;

test("[003-06] a retry delay of 5 s and debug contexts exist, with their variables, and text that is no number is a clear error", () => {
  expect(load({})).toEqual({ enabled: true, retryDelaySeconds: 5 });
  const config = loadConfig({
    sections: [integration],
    environment: { KAFKA_RETRY_DELAY_SECONDS: "12", KAFKA_DEBUG: "broker,topic,msg" },
  });
  expect(config.integration).toEqual({ enabled: true, retryDelaySeconds: 12, debug: ["broker", "topic", "msg"] });
  expect(toProperties([integration], config, { dialect: "librdkafka" })).toEqual({ debug: "broker,topic,msg" });
  expect(fromProperties([integration], { debug: "broker,topic,msg" })).toEqual({ integration: { debug: ["broker", "topic", "msg"] } });
  const { errors } = safeLoadConfig({
    sections: [integration, topicNames],
    environment: {
      KAFKA_RETRY_DELAY_SECONDS: "soon",
      KAFKA_NUM_PARTITIONS: "three",
      KAFKA_REPLICATION_FACTOR: "",
      KAFKA_DEBUG: "broker,mgs",
    },
  });
  expect(errors.map(({ path, source, value, rule }) => [path, source, value, rule])).toEqual([
    [
      "integration.retryDelaySeconds",
      "environment KAFKA_RETRY_DELAY_SECONDS",
      '"soon"',
      expect.stringMatching(/^must be a whole number from 1 to/),
    ],
    ["integration.debug.1", "environment KAFKA_DEBUG", '"mgs"', expect.stringMatching(/^must be one of generic, broker, topic/)],
    ["topicNames.partitions", "environment KAFKA_NUM_PARTITIONS", '"three"', expect.stringMatching(/^must be a whole number/)],
    ["topicNames.replicationFactor", "environment KAFKA_REPLICATION_FACTOR", '""', expect.stringMatching(/^must be a whole number/)],
  ]);
});
