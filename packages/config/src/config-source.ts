import { InvalidOptionsError } from "@millrace/core";
import type { ConfigProblem } from "./config-error.ts";

/** The kinds of sources, the strongest first. `default` is the schema's own. */
export type SourceKind = "object" | "environment" | "file" | "base" | "preset" | "default";

/** A value and where it came from. */
export interface SourcedValue {
  readonly value: unknown;
  readonly kind: SourceKind;
  /** The source as reports name it: `environment KAFKA_BROKERS`. */
  readonly label: string;
}

/** What a source sets. */
export interface SourceReading {
  /** The settings that it sets, by their paths: `connection.brokers`. */
  readonly settings: ReadonlyMap<string, SourcedValue>;
  /** The groups that are there, also without a setting in them. */
  readonly groups: ReadonlySet<string>;
  readonly problems: readonly ConfigProblem[];
}

/** The problem of a source that throws when it is read (a getter, a proxy). A mistake in a section is thrown on. */
export function unreadable(path: string, error: unknown): ConfigProblem {
  if (InvalidOptionsError.is(error)) throw error;
  return { path, source: undefined, value: undefined, rule: "cannot be read: reading it throws", advice: "give plain data" };
}
