import type { EmbeddedRegistry } from "../embedded-registry.ts";

/** How to call the command. */
export const helpPage = `embedded-registry: a schema registry for development, in memory, on this machine only.

  --port 8081                     port to listen on; 0 takes a free one
  --host 127.0.0.1                127.0.0.1, ::1 or localhost
  --incompatible-error-code 409   or 40901, which newer registries of Confluent's say of an incompatible schema
  --help                          this page

Ctrl-C stops it, and everything it holds is gone.
`;

/** What the server says when it is ready: where it is, what it is, how to use it. */
export function startUpPage({ url }: Pick<EmbeddedRegistry, "url">): string {
  return `
Embedded schema registry is ready at ${url}

  the REST surface of Confluent's registry for Avro, JSON Schema and Protobuf, in memory, for development and tests
  level     BACKWARD until PUT /config says otherwise
  subjects  curl ${url}/subjects
  kafkajs   new SchemaRegistry({ host: ${JSON.stringify(url)} })
  limits    no access control, this machine only; stopping it forgets everything

Ctrl-C stops it.
`;
}
