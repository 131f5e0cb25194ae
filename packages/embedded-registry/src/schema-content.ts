import type { SchemaType } from "@millrace/schema-compatibility";

/** What a schema says of another one that it needs. */
export interface SchemaReference {
  readonly name: string;
  /** Qualified with its context, unless that is the default one. */
  readonly subject: string;
  readonly version: number;
}

/** A JSON object as a client sent it. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** What a schema is, apart from its id and its place. */
export interface SchemaContent {
  readonly type: SchemaType;
  readonly text: string;
  readonly references: readonly SchemaReference[];
  readonly metadata: JsonObject | undefined;
  readonly ruleSet: JsonObject | undefined;
}
