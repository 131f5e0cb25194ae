/** What has configs. `broker` with the name `""` is the default of all brokers. */
export interface ConfigResource {
  readonly type: "topic" | "broker" | "broker-logger" | "client-metrics" | "group";
  /** The topic's name or the broker's id. */
  readonly name: string;
}

/** Where a value comes from. */
export type ConfigSource =
  | "topic"
  | "broker"
  | "all-brokers"
  | "static-broker"
  | "default"
  | "broker-logger"
  | "client-metrics"
  | "group"
  | "unknown";

/** Every config of a resource. */
export interface ConfigDescription extends ConfigResource {
  readonly configs: readonly {
    readonly name: string;
    /** null where it is not set, and always where it is sensitive: brokers do not tell passwords. */
    readonly value: string | null;
    readonly source: ConfigSource;
    /** Whether nobody set it, neither here nor for the brokers. */
    readonly isDefault: boolean;
    readonly isSensitive: boolean;
    readonly isReadOnly: boolean;
    /** What the value would be without the one before it, first the one that counts. Empty unless asked for. */
    readonly synonyms: readonly { readonly name: string; readonly value: string | null; readonly source: ConfigSource }[];
    /** null unless asked for. */
    readonly documentation: string | null;
  }[];
}

/** How the configs of a resource change; what is not named stays as it is (KIP-339). */
export interface ConfigChange extends ConfigResource {
  readonly set?: Readonly<Record<string, string>>;
  /** Names that go back to their default. */
  readonly unset?: readonly string[];
  /** Added to lists, such as `cleanup.policy`. */
  readonly append?: Readonly<Record<string, string>>;
  /** Taken from lists. */
  readonly subtract?: Readonly<Record<string, string>>;
}
