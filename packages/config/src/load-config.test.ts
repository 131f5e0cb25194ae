import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InvalidOptionsError } from "@millrace/core";
import { afterAll, expect, expectTypeOf, test } from "vitest";
import { z } from "zod";
import { schemaRegistry } from "../test/support/registry-section.ts";
import { ConfigError } from "./config-error.ts";
import { type ConfigSection, defineSection } from "./config-section.ts";
import { type ConnectionOptions, connection } from "./connection.ts";
import { explain } from "./explain.ts";
import { loadConfig, safeLoadConfig } from "./load-config.ts";

interface JobOptions {
  readonly name: string;
  readonly rate: number;
  readonly enabled: boolean;
  readonly tags: readonly string[];
  readonly limits: { readonly low: number; readonly high: number };
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly acks?: number | "all" | undefined;
  readonly ports?: readonly number[] | undefined;
  readonly proxy?: { readonly host: string } | undefined;
}

const job: ConfigSection<JobOptions, "job"> = defineSection({
  name: "job",
  schema: z.strictObject({
    name: z.string().default("nightly"),
    rate: z.number().default(1.5),
    enabled: z.boolean().default(true),
    tags: z.array(z.string()).default([]),
    limits: z.strictObject({ low: z.int().default(1), high: z.int().default(10) }),
    labels: z.record(z.string(), z.string()).optional(),
    acks: z.union([z.number(), z.literal("all")]).optional(),
    ports: z.array(z.int()).optional(),
    proxy: z.strictObject({ host: z.string() }).optional(),
  }),
  presets: { small: { rate: 0.1, limits: { low: 0 } } },
  rules: function* ({ limits }) {
    if (limits?.low !== undefined && limits.high !== undefined && limits.low > limits.high)
      yield { path: "limits.low", message: "must not be above limits.high" };
    if (limits?.low === 0) yield { path: "limits.low", message: "allows idle rounds", severity: "warning" };
  },
});

const folder = mkdtempSync(join(tmpdir(), "millrace-config-"));
afterAll(() => rmSync(folder, { recursive: true }));
const fileOf = (name: string, text: string): string => {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
};

const environment = {};

function problemsOf(options: Parameters<typeof safeLoadConfig>[0]): readonly string[] {
  return safeLoadConfig({ environment: {}, ...options }).errors.map(({ path, rule }) => `${path}: ${rule}`);
}

test("what no source sets has the section's default", () => {
  expect(loadConfig({ sections: [job], environment })).toEqual({
    job: { name: "nightly", rate: 1.5, enabled: true, tags: [], limits: { low: 1, high: 10 } },
  });
});

test("object beats environment beats file beats preset beats default, setting by setting, and each remembers its source", () => {
  const file = fileOf("order.yaml", "job:\n  name: from-file\n  rate: 3\n  enabled: false\n  limits:\n    high: 30\n");
  const config = loadConfig({
    sections: [job],
    object: { job: { name: "from-object" } },
    environment: { KAFKA_JOB_NAME: "from-environment", KAFKA_JOB_RATE: "2.5" },
    file,
    preset: "small",
  });
  expect(config.job).toEqual({ name: "from-object", rate: 2.5, enabled: false, tags: [], limits: { low: 0, high: 30 } });
  expect(explain(config).map(({ path, kind, source }) => [path, kind, source])).toEqual([
    ["job.name", "object", "object"],
    ["job.rate", "environment", "environment KAFKA_JOB_RATE"],
    ["job.enabled", "file", `file ${file}`],
    ["job.tags", "default", "default"],
    ["job.limits.low", "preset", "preset small"],
    ["job.limits.high", "file", `file ${file}`],
  ]);
});

test("[X-11] variables with KAFKA_ and with AUTOGEN_KAFKA_ both load, and object beats environment beats file beats default", () => {
  const file = fileOf("sources.yaml", "job:\n  name: from-file\n  rate: 3\n  enabled: false\n");
  const both = { KAFKA_JOB_NAME: "plain", AUTOGEN_KAFKA_JOB_NAME: "autogen", AUTOGEN_KAFKA_JOB_RATE: "2.5", KAFKA_JOB_TAGS: "a,b" };
  const config = loadConfig({ sections: [job], object: { job: { tags: ["c"] } }, environment: both, file });
  expect(config.job).toEqual({ name: "plain", rate: 2.5, enabled: false, tags: ["c"], limits: { low: 1, high: 10 } });
  expect(explain(config).map(({ source }) => source)).toEqual([
    "environment KAFKA_JOB_NAME",
    "environment AUTOGEN_KAFKA_JOB_RATE",
    `file ${file}`,
    "object",
    "default",
    "default",
  ]);
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  expect(readme).toContain("object, environment, file, base, preset, default");
});

test("[000-19] environment beats file beats base, setting by setting; JSON and YAML; empty, missing and broken files say what they are", () => {
  const base = { job: { name: "from-base", rate: 1, limits: { low: 2, high: 20 } } };
  for (const file of [
    fileOf("precedence.yaml", "job:\n  name: from-file\n  limits:\n    high: 30\n"),
    fileOf("precedence.json", '{ "job": { "name": "from-file", "limits": { "high": 30 } } }'),
  ]) {
    const config = loadConfig({ sections: [job], environment: { KAFKA_JOB_NAME: "from-environment" }, file, base, preset: "small" });
    expect(config.job).toMatchObject({ name: "from-environment", rate: 1, limits: { low: 2, high: 30 } });
    expect(explain(config).map(({ kind }) => kind)).toEqual(["environment", "base", "default", "default", "base", "file"]);
  }
  for (const name of ["empty.yaml", "empty.json"]) {
    expect(loadConfig({ sections: [job], environment, file: fileOf(name, "") })).toEqual(loadConfig({ sections: [job], environment }));
  }
  const loading = (file: string) => (): unknown => loadConfig({ sections: [job], environment, file });
  expect(loading(join(folder, "none.yaml"))).toThrow(expect.objectContaining({ code: "CONFIG_FILE_NOT_FOUND" }));
  expect(loading(join(folder, "none.yaml"))).toThrow('none.yaml"): FileNotFound: there is no such file');
  expect(loading(fileOf("broken.json", "{"))).toThrow("Invalid configuration file format: ");
  expect(loading(fileOf("broken.yaml", "a: ["))).toThrow("Invalid configuration file format: ");
});

test("a list is taken whole from the strongest source, never joined", () => {
  const file = fileOf("lists.json", '{ "job": { "tags": ["a", "b"] } }');
  expect(loadConfig({ sections: [job], environment: { KAFKA_JOB_TAGS: "c" }, file }).job.tags).toEqual(["c"]);
});

test("null, an empty section and undefined mean: not set", () => {
  const file = fileOf("nulls.yaml", "job:\n  name:\n  limits:\nconnection:\n");
  const config = loadConfig({
    sections: [job, connection],
    object: { connection: { clientId: undefined, brokers: ["a:1"] } },
    environment,
    file,
  });
  expect(config.job.name).toBe("nightly");
  expect(config.connection.clientId).toBe("millrace");
});

test("a file may begin with the mark of its encoding, and say nothing at all", () => {
  for (const name of ["marked.json", "marked.yaml"]) {
    expect(loadConfig({ sections: [job], environment, file: fileOf(name, '\uFEFF{"job": {"rate": 2}}') }).job.rate).toBe(2);
    expect(loadConfig({ sections: [job], environment, file: fileOf(name, "null") }).job.rate).toBe(1.5);
  }
});

test("a number in the place of text is told to stand in quotes, where it came from a file", () => {
  const file = fileOf(
    "unquoted.yaml",
    "connection:\n  brokers: [a:1]\n  security: { protocol: SASL_SSL, mechanism: PLAIN, username: shop, password: 0123 }\n",
  );
  expect(safeLoadConfig({ sections: [connection], environment, file }).errors).toEqual([
    {
      path: "connection.security.password",
      source: `file ${file}`,
      value: "[redacted]",
      rule: "must be text",
      advice: "put it in quotes",
    },
  ]);
});

test("a group that is not required is there only when something in it is set", () => {
  expect(loadConfig({ sections: [job], environment }).job.proxy).toBeUndefined();
  expect(loadConfig({ sections: [job], environment: { KAFKA_JOB_PROXY_HOST: "h" } }).job.proxy).toEqual({ host: "h" });
  expect(problemsOf({ sections: [job], object: { job: { proxy: {} } } })).toEqual(["job.proxy.host: is required"]);
});

test("the type of each setting says how the environment's text is read", () => {
  const { job: values } = loadConfig({
    sections: [job],
    environment: {
      KAFKA_JOB_NAME: "123",
      KAFKA_JOB_RATE: " 42 ",
      KAFKA_JOB_ENABLED: "FALSE",
      KAFKA_JOB_TAGS: "a, b,,true",
      KAFKA_JOB_LIMITS_LOW: "-3",
      KAFKA_JOB_LABELS: '{"team":"shop"}',
      KAFKA_JOB_ACKS: "all",
      KAFKA_JOB_PORTS: "1, 2",
    },
  });
  expect(values).toEqual({
    name: "123",
    rate: 42,
    enabled: false,
    tags: ["a", "b", "true"],
    limits: { low: -3, high: 10 },
    labels: { team: "shop" },
    acks: "all",
    ports: [1, 2],
  });
  expect(loadConfig({ sections: [job], environment: { KAFKA_JOB_ACKS: "1" } }).job.acks).toBe(1);
});

test("text that does not fit its setting is a problem that shows the text and the variable", () => {
  const { errors } = safeLoadConfig({
    sections: [job],
    environment: {
      KAFKA_JOB_RATE: "fast",
      KAFKA_JOB_ENABLED: "yes",
      KAFKA_JOB_LIMITS_LOW: "1.5",
      KAFKA_JOB_LIMITS_HIGH: "",
      KAFKA_JOB_PORTS: "1,b",
    },
  });
  expect(errors.map(({ path, source, value }) => [path, source, value])).toEqual([
    ["job.rate", "environment KAFKA_JOB_RATE", '"fast"'],
    ["job.enabled", "environment KAFKA_JOB_ENABLED", '"yes"'],
    ["job.limits.low", "environment KAFKA_JOB_LIMITS_LOW", "1.5"],
    ["job.limits.high", "environment KAFKA_JOB_LIMITS_HIGH", '""'],
    ["job.ports.1", "environment KAFKA_JOB_PORTS", '"b"'],
  ]);
});

test("a password of digits stays text, and one server is a list", () => {
  const { connection: values } = loadConfig({
    sections: [connection],
    environment: {
      KAFKA_BOOTSTRAP_SERVERS: "one:9092",
      KAFKA_SECURITY_PROTOCOL: "SASL_SSL",
      KAFKA_SASL_MECHANISM: "PLAIN",
      KAFKA_SASL_USERNAME: "true",
      KAFKA_SASL_PASSWORD: "123",
    },
  });
  expect(values.brokers).toEqual(["one:9092"]);
  expect(values.security).toMatchObject({ username: "true", password: "123" });
});

test("of several prefixes the first that sets something wins", () => {
  const prefixes = ["AUTOGEN_KAFKA_", "KAFKA_"];
  const both = { AUTOGEN_KAFKA_BROKERS: "a:1", KAFKA_BROKERS: "b:2", KAFKA_CLIENT_ID: "shop" };
  expect(loadConfig({ sections: [connection], environment: both, prefixes }).connection).toMatchObject({
    brokers: ["a:1"],
    clientId: "shop",
  });
});

test("the first prefix wins whatever the variable is called", () => {
  const environment = { AUTOGEN_KAFKA_BOOTSTRAP_SERVERS: "b:2", KAFKA_BROKERS: "a:1" };
  expect(loadConfig({ sections: [connection], environment }).connection.brokers).toEqual(["a:1"]);
});

test("two variables for one setting are a problem only when they disagree", () => {
  const same = { KAFKA_BROKERS: "a:1", KAFKA_BOOTSTRAP_SERVERS: "a:1" };
  expect(loadConfig({ sections: [connection], environment: same }).connection.brokers).toEqual(["a:1"]);
  expect(problemsOf({ sections: [connection], environment: { ...same, KAFKA_BROKERS: "b:1" } })).toEqual([
    "connection.brokers: KAFKA_BOOTSTRAP_SERVERS sets it to something else",
  ]);
});

test("the environment is the process's own unless another one is given", () => {
  process.env["MILLRACE_TEST_JOB_NAME"] = "from-process";
  try {
    expect(loadConfig({ sections: [job], prefixes: ["MILLRACE_TEST_"] }).job.name).toBe("from-process");
  } finally {
    delete process.env["MILLRACE_TEST_JOB_NAME"];
  }
});

test("every problem of every section and source is in one report", () => {
  const file = fileOf("bad.yaml", "job: 5\nconection: {}\n");
  const options = {
    sections: [job, connection, schemaRegistry] as const,
    object: { connection: { brokers: [], securty: {}, security: { username: "u", mechanism: "GSSAPI" } } } as never,
    environment: { KAFKA_JOB_RATE: "fast" },
    file,
    preset: "smal",
  };
  expect(problemsOf(options)).toEqual([
    "preset: there is no such preset",
    "connection.securty: there is no such setting",
    "conection: there is no such setting",
    "job: must be a group of settings",
    "connection.brokers: must name at least one server",
    expect.stringContaining("connection.security.mechanism: GSSAPI (Kerberos) is not supported"),
    "connection.security.password: is required, because username is set",
    "connection.security.username: is not used with PLAINTEXT; set protocol to SASL_SSL",
    "schemaRegistry.url: is required",
  ]);
  const advice = safeLoadConfig(options).errors.map((problem) => problem.advice);
  expect(advice.slice(0, 4)).toEqual(["did you mean small?", "did you mean connection.security?", "did you mean connection?", undefined]);
});

test("loadConfig throws the report every time, with a line for each problem", () => {
  for (let round = 0; round < 2; round++) {
    let thrown: unknown;
    try {
      loadConfig({ sections: [connection, schemaRegistry], environment: { KAFKA_REQUEST_TIMEOUT_MS: "soon" } });
    } catch (error) {
      thrown = error;
    }
    expect(ConfigError.is(thrown) && thrown.message.split("\n")).toEqual([
      "the configuration has 3 problems:",
      "- connection.brokers: is required; set connection.brokers, or KAFKA_BOOTSTRAP_SERVERS in the environment: the servers to start from, each as host:port",
      '- connection.requestTimeoutMs ("soon" from environment KAFKA_REQUEST_TIMEOUT_MS): must be a whole number of milliseconds; meaning: how long to wait for an answer, in milliseconds',
      "- schemaRegistry.url: is required; set schemaRegistry.url, or KAFKA_SCHEMA_REGISTRY_URL in the environment: the registry's address, such as http://127.0.0.1:8081",
    ]);
  }
});

test("rules see settings of all sources, run although other settings are wrong, and say nothing about wrong ones", () => {
  const object = { job: { limits: { low: 40 } } };
  expect(problemsOf({ sections: [job], object, environment: { KAFKA_JOB_RATE: "fast" } })).toEqual([
    expect.stringContaining("job.rate"),
    "job.limits.low: must not be above limits.high",
  ]);
  expect(problemsOf({ sections: [job], object, environment: { KAFKA_JOB_LIMITS_HIGH: "x" } })).toEqual([
    expect.stringContaining("job.limits.high"),
  ]);
});

test("warnings come with the result: from rules, and for variables that are nearly right", () => {
  const result = safeLoadConfig({
    sections: [job],
    environment: { KAFKA_JOB_NAMES: "x", KAFKA_HEAP_OPTS: "-Xmx1g", OTHER_JOB_NAMES: "x" },
    preset: "small",
  });
  expect(result.is_valid).toBe(true);
  expect(result.warnings).toEqual([
    { path: "environment KAFKA_JOB_NAMES", message: "is not known and has no effect; did you mean KAFKA_JOB_NAME?" },
    { path: "job.limits.low", message: "allows idle rounds" },
  ]);
});

test("results and configurations are frozen, and what was given is not", () => {
  const object = { job: { tags: ["a"], labels: { team: "shop" } } };
  const result = safeLoadConfig({ sections: [job], object, environment });
  const config = loadConfig({ sections: [job], object, environment });
  for (const value of [result, result.errors, result.warnings, config, config.job, config.job.tags, config.job.limits, config.job.labels]) {
    expect(Object.isFrozen(value)).toBe(true);
  }
  expect(Object.isFrozen(object.job) || Object.isFrozen(object.job.tags) || Object.isFrozen(object.job.labels)).toBe(false);
});

test("the types of a configuration are those of its sections", () => {
  const config = loadConfig({ sections: [connection, job], environment: { KAFKA_BROKERS: "a:1" } });
  expectTypeOf(config.connection).toEqualTypeOf<ConnectionOptions>();
  expectTypeOf(config.job.limits.low).toEqualTypeOf<number>();
  expectTypeOf(config).not.toHaveProperty("schemaRegistry");
});

test("two sections of one name are the program's mistake", () => {
  expect(() => loadConfig({ sections: [job, job], environment })).toThrow(expect.objectContaining({ code: "INVALID_OPTIONS" }));
  expect(() => explain({ job: {} })).toThrow(InvalidOptionsError);
});

test("a name on no prototype and no prototype is ever set from outside", () => {
  const file = fileOf(
    "prototype.json",
    '{ "__proto__": { "polluted": 1 }, "job": { "__proto__": { "polluted": 1 }, "constructor": { "prototype": { "polluted": 1 } } } }',
  );
  const yaml = fileOf("prototype.yaml", "job:\n  __proto__:\n    polluted: 1\n  labels:\n    __proto__: polluted\n");
  expect(problemsOf({ sections: [job], file })).toEqual([
    "__proto__: there is no such setting",
    "job.__proto__: there is no such setting",
    "job.constructor: there is no such setting",
  ]);
  expect(problemsOf({ sections: [job], file: yaml })[0]).toBe("job.__proto__: there is no such setting");
  const labels = JSON.parse('{ "__proto__": "polluted", "team": "shop" }') as Record<string, string>;
  const fromEnvironment = safeLoadConfig({
    sections: [job],
    environment: Object.assign(Object.create({ KAFKA_JOB_NAME: "inherited" }), { KAFKA_JOB_LABELS: JSON.stringify(labels) }),
  });
  expect(fromEnvironment.config?.job.name).toBe("nightly");
  expect(Object.getPrototypeOf(fromEnvironment.config?.job.labels ?? {})).toBe(Object.prototype);
  expect("polluted" in {}).toBe(false);
});
