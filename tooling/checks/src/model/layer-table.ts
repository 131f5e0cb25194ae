/**
 * The layer of every package. An arrow points to a lower number only; tests may also use their own layer, as long as no cycle comes of it.
 * A new package is entered here first.
 */
export const layers: Readonly<Record<string, number>> = {
  core: 0,
  protocol: 1,
  compression: 1,
  config: 1,
  serdes: 1,
  "schema-compatibility": 1,
  testing: 1,
  topics: 2,
  "schema-registry": 2,
  "embedded-kafka": 2,
  "embedded-registry": 2,
  kafka: 3,
  "driver-kafkajs": 4,
  "driver-platformatic": 4,
  "driver-memory": 4,
  retry: 4,
  metrics: 4,
  monitor: 4,
  runtime: 5,
  doctor: 6,
  events: 6,
  publisher: 6,
  agents: 6,
  redis: 6,
  temporal: 6,
  gateway: 7,
  cli: 7,
};

/** What packages may use of tooling, in development only. */
export const toolingForPackages: readonly string[] = ["@millrace/tsconfig", "@millrace/cluster"];
