import { configTypes, topicConfigs } from "../topics/topic-config.ts";
import { brokerConfigTable } from "./broker-config-table.ts";
import { allBrokers, type BrokerConfigs } from "./broker-configs.ts";
import { type ConfigSynonym, configSources } from "./config-source.ts";

const unknownType = 0;

/** One config with its value. */
export interface DescribedConfig {
  readonly name: string;
  readonly value: string | null;
  readonly source: number;
  readonly type: number;
  readonly readOnly: boolean;
  readonly isSensitive?: boolean;
  readonly synonyms: readonly ConfigSynonym[];
}

/** Every config of a topic, given what was set for it and what its brokers' configs say. */
export function describeTopicConfigs(own: ReadonlyMap<string, string>, brokerConfigs: BrokerConfigs): DescribedConfig[] {
  return Object.entries(topicConfigs).map(([name, definition]) => {
    const { brokerConfig, defaultValue, hasNoBrokerDefault = false } = definition;
    const ownValue = own.get(name);
    const synonyms: ConfigSynonym[] = ownValue === undefined ? [] : [{ name, value: ownValue, source: configSources.topic }];
    if (brokerConfig !== undefined) {
      synonyms.push(...brokerConfigs.synonymsOf(brokerConfig));
      if (!hasNoBrokerDefault) synonyms.push({ name: brokerConfig, value: defaultValue, source: configSources.default });
    }
    const { value, source } = synonyms[0] ?? { value: defaultValue, source: configSources.default };
    return { name, value, source, type: configTypes[definition.type], readOnly: false, synonyms };
  });
}

/** Every config of a broker, given the values that it was started with. */
export function describeBrokerConfigs(
  brokerId: number,
  started: ReadonlyMap<string, string>,
  brokerConfigs: BrokerConfigs,
): DescribedConfig[] {
  const brokerName = `${brokerId}`;
  const served = Array.from(brokerConfigTable, ([name, { type, defaultValue, isDynamic }]) => {
    const synonyms = brokerConfigs.synonymsOf(name, brokerName);
    const start = started.get(name);
    if (start !== undefined && start !== defaultValue) synonyms.push({ name, value: start, source: configSources.staticBroker });
    if (defaultValue !== null) synonyms.push({ name, value: defaultValue, source: configSources.default });
    const { value, source } = synonyms[0] ?? { value: null, source: configSources.default };
    return { name, value, source, type: configTypes[type], readOnly: !isDynamic, synonyms };
  });
  const unserved = brokerConfigs.changedNames(brokerName).filter((name) => !brokerConfigTable.has(name));
  return [...served, ...unserved.map((name) => described(brokerConfigs.synonymsOf(name, brokerName)))];
}

/** What was changed for all brokers together. */
export function describeAllBrokers(brokerConfigs: BrokerConfigs): DescribedConfig[] {
  return Array.from(brokerConfigs.changed(allBrokers), ([name, value]) => described([{ name, value, source: configSources.allBrokers }]));
}

/** A config that has nothing but what it was changed to. */
function described(synonyms: readonly ConfigSynonym[]): DescribedConfig {
  const { name, value, source } = synonyms[0]!;
  const definition = brokerConfigTable.get(name);
  if (definition !== undefined) return { name, value, source, type: configTypes[definition.type], readOnly: false, synonyms };
  // It may be a plug-in's password.
  const hidden = synonyms.map((synonym) => ({ ...synonym, value: null }));
  return { name, value: null, source, type: unknownType, readOnly: true, isSensitive: true, synonyms: hidden };
}
