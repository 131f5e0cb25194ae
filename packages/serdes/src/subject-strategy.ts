import { SerdeError } from "./serde-error.ts";

/** What a strategy may make a subject's name of. */
export interface SubjectContext {
  readonly topic: string;
  readonly part: "key" | "value";
  /** The schema's own name: an Avro type with its namespace, a Protobuf message with its package, the title of a JSON Schema; undefined without one. */
  readonly recordName: string | undefined;
}

/** Under which name the registry keeps the schema of a topic's keys or values. Write your own, or take one of the three that Kafka's clients know. */
export type SubjectStrategy = (context: SubjectContext) => string;

/** `{topic}-key` or `{topic}-value`: a topic holds one kind of record. Java: `TopicNameStrategy` */
export const topicNameStrategy: SubjectStrategy = ({ topic, part }) => `${topic}-${part}`;

/**
 * The schema's name: a kind of record has one history, whichever topics it is in. Java: `RecordNameStrategy`
 * @throws SerdeError (`SERDE_INVALID_SCHEMA`, when a topic is bound) for a schema without a name
 */
export const recordNameStrategy: SubjectStrategy = (context) => nameOf(context);

/**
 * `{topic}-{name}`: a topic holds several kinds of records, each with a history of its own. Java: `TopicRecordNameStrategy`
 * @throws SerdeError (`SERDE_INVALID_SCHEMA`, when a topic is bound) for a schema without a name
 */
export const topicRecordNameStrategy: SubjectStrategy = (context) => `${context.topic}-${nameOf(context)}`;

function nameOf({ topic, part, recordName }: SubjectContext): string {
  if (recordName !== undefined) return recordName;
  throw new SerdeError("SERDE_INVALID_SCHEMA", `the schema for the ${part} of topic ${topic} has no name, which its subject is made of`);
}
