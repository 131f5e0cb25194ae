import { topicConfigs } from "../topics/topic-config.ts";
import { type ConfigSynonym, configSources } from "./config-source.ts";

/** The name under which configs count for all brokers. */
export const allBrokers = "";

/** The id of the broker that a request names; one that no broker has where the name is no number. */
export function brokerIdOf(resourceName: string): number {
  return /^-?\d+$/.test(resourceName) ? Number(resourceName) : Number.NaN;
}

const none: ReadonlyMap<string, string> = new Map();

/** The broker config whose values are a topic config's defaults, with the topic config's name. */
const topicDefaultsOf: ReadonlyMap<string, string> = new Map(
  Object.entries(topicConfigs).flatMap(([name, { brokerConfig }]): [string, string][] =>
    brokerConfig === undefined ? [] : [[brokerConfig, name]],
  ),
);

/**
 * Configs of the brokers: those given when they started, and those changed since then, for one broker or for all. What they say of topics is
 * the same for all of them, so a broker has configs of its own only where there is no other.
 */
export class BrokerConfigs {
  readonly #static = new Map<string, string>();
  readonly #dynamic = new Map<string, ReadonlyMap<string, string>>();
  readonly #topicDefaults = new Map<string, string>();

  /** `topicDefaults` as given at the start, by the names of topic configs. */
  constructor(topicDefaults: ReadonlyMap<string, string>) {
    for (const [name, value] of topicDefaults) {
      const { brokerConfig } = topicConfigs[name] ?? {};
      if (brokerConfig !== undefined) this.#static.set(brokerConfig, value);
    }
    this.#update();
  }

  /** What topics have that have not been given anything else, where that is not Kafka's default. It changes as the configs do. */
  get topicDefaults(): ReadonlyMap<string, string> {
    return this.#topicDefaults;
  }

  /** Names of all that was changed, be it for one broker or for all. */
  get changedNames(): string[] {
    return [...new Set([...this.#dynamic.values()].flatMap((configs) => [...configs.keys()]))];
  }

  /** What was changed for one broker, or for all. */
  changed(resourceName: string): ReadonlyMap<string, string> {
    return this.#dynamic.get(resourceName) ?? none;
  }

  change(resourceName: string, configs: ReadonlyMap<string, string>): void {
    this.#dynamic.set(resourceName, configs);
    this.#update();
  }

  /** The value that counts, where it is not Kafka's default. */
  value(name: string): string | undefined {
    return this.synonymsOf(name)[0]?.value;
  }

  /** The values that a config has been given, most specific first. */
  synonymsOf(name: string): ConfigSynonym[] {
    const synonyms: ConfigSynonym[] = [];
    for (const [resourceName, configs] of this.#dynamic) {
      const value = configs.get(name);
      const source = resourceName === allBrokers ? configSources.allBrokers : configSources.broker;
      if (value !== undefined) synonyms.push({ name, value, source });
    }
    const value = this.#static.get(name);
    if (value !== undefined) synonyms.push({ name, value, source: configSources.staticBroker });
    return synonyms.toSorted((left, right) => left.source - right.source);
  }

  #update(): void {
    this.#topicDefaults.clear();
    for (const [brokerConfig, topicConfig] of topicDefaultsOf) {
      const value = this.value(brokerConfig);
      if (value !== undefined) this.#topicDefaults.set(topicConfig, value);
    }
  }
}
