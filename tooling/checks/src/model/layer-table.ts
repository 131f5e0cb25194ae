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
  client: 4,
  "driver-kafkajs": 5,
  "driver-platformatic": 5,
  "driver-memory": 5,
  retry: 5,
  metrics: 5,
  monitor: 5,
  outbox: 5,
  runtime: 6,
  doctor: 7,
  events: 7,
  publisher: 7,
  agents: 7,
  redis: 7,
  temporal: 7,
  gateway: 8,
  cli: 8,
};

/** What packages may use of tooling, in development only. */
export const toolingForPackages: readonly string[] = ["@millrace/tsconfig", "@millrace/cluster"];
