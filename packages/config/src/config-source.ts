/** The kinds of sources, the strongest first. `default` is the schema's own. */
export type SourceKind = "object" | "environment" | "file" | "preset" | "default";

/** Where values come from: a tree of them, and a name for reports. */
export interface ConfigSource {
  readonly kind: SourceKind;
  readonly root: unknown;
  /** The source as reports name it, for the setting at this path: `environment KAFKA_BROKERS`. */
  label(path: string): string;
}
