import { topicConfigs } from "../topics/topic-config.ts";
import { type ConfigSynonym, configSources } from "./config-source.ts";

/** A value that a config was given. */
type GivenValue = ConfigSynonym & { readonly value: string };

/** The name under which configs count for all brokers. */
export const allBrokers = "";

/** The id of the broker that a request names; one that no broker has where the name is no number. */
export function brokerIdOf(resourceName: string): number {
  return /^-?\d+$/.test(resourceName) ? Number(resourceName) : Number.NaN;
}

/** Whether a broker's own configs are to be asked of it, at `nodeId`: no broker answers for another one. */
export function isOwnResource(resourceName: string, nodeId: number | undefined): boolean {
  return nodeId === undefined || brokerIdOf(resourceName) === nodeId;
}

const none: ReadonlyMap<string, string> = new Map();

/** The broker config whose values are a topic config's defaults, with the topic config's name. */
const topicDefaultsOf: ReadonlyMap<string, string> = new Map(
  Object.entries(topicConfigs).flatMap(([name, { brokerConfig }]): [string, string][] =>
    brokerConfig === undefined ? [] : [[brokerConfig, name]],
  ),
);

/**
 * Configs of the brokers: those given when they started, and those changed since then, for one broker or for all. What they say counts for all
 * brokers alike, so those of one broker count only where there is no other; among several they are kept and described.
 */
export class BrokerConfigs {
  readonly #static = new Map<string, string>();
  readonly #dynamic = new Map<string, ReadonlyMap<string, string>>();
  readonly #topicDefaults = new Map<string, string>();

  /** The broker whose own configs count; `undefined` where there are several. */
  readonly #onlyBroker: string | undefined;

  /** `topicDefaults` as given at the start, by the names of topic configs. */
  constructor(topicDefaults: ReadonlyMap<string, string>, brokerIds: readonly number[]) {
    this.#onlyBroker = brokerIds.length === 1 ? `${brokerIds[0]}` : undefined;
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

  /** Names of all that was changed, be it for this broker or for all. */
  changedNames(brokerName: string): string[] {
    return [...new Set([...this.changed(brokerName).keys(), ...this.changed(allBrokers).keys()])];
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

  /** The values that a config has been given, most specific first: those that count, or those of one broker. */
  synonymsOf(name: string, brokerName: string | undefined = this.#onlyBroker): GivenValue[] {
    const given = [
      { value: brokerName === undefined ? undefined : this.changed(brokerName).get(name), source: configSources.broker },
      { value: this.changed(allBrokers).get(name), source: configSources.allBrokers },
      { value: this.#static.get(name), source: configSources.staticBroker },
    ];
    return given.flatMap(({ value, source }) => (value === undefined ? [] : [{ name, value, source }]));
  }

  #update(): void {
    this.#topicDefaults.clear();
    for (const [brokerConfig, topicConfig] of topicDefaultsOf) {
      const value = this.value(brokerConfig);
      if (value !== undefined) this.#topicDefaults.set(topicConfig, value);
    }
  }
}
