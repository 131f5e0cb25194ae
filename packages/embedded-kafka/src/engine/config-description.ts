import { configTypes, type TopicConfigDefinition, topicConfigs } from "../topics/topic-config.ts";

/** Numbers that the protocol gives to where a config's value comes from. */
export const configSources = { topic: 1, staticBroker: 4, default: 5 } as const;

/** Where else a value was looked for, most specific first. */
export interface ConfigSynonym {
  readonly name: string;
  readonly value: string;
  readonly source: number;
}

/** One config with its value. */
export interface DescribedConfig {
  readonly name: string;
  readonly value: string;
  readonly source: number;
  readonly type: number;
  readonly synonyms: readonly ConfigSynonym[];
}

/** Every config of a topic, given what was set for it and where the broker's defaults differ from Kafka's. */
export function describeTopicConfigs(own: ReadonlyMap<string, string>, defaults: ReadonlyMap<string, string>): DescribedConfig[] {
  return Object.entries(topicConfigs).map(([name, definition]) => {
    const synonyms = synonymsOf(name, definition, own.get(name), defaults.get(name));
    const { value, source } = synonyms[0] ?? { value: definition.defaultValue, source: configSources.default };
    return { name, value, source, type: configTypes[definition.type], synonyms };
  });
}

function synonymsOf(
  name: string,
  definition: TopicConfigDefinition,
  own: string | undefined,
  brokerWide: string | undefined,
): ConfigSynonym[] {
  const { brokerConfig, defaultValue } = definition;
  const synonyms: ConfigSynonym[] = [];
  if (own !== undefined) synonyms.push({ name, value: own, source: configSources.topic });
  if (brokerConfig === undefined) return synonyms;
  if (brokerWide !== undefined) synonyms.push({ name: brokerConfig, value: brokerWide, source: configSources.staticBroker });
  synonyms.push({ name: brokerConfig, value: defaultValue, source: configSources.default });
  return synonyms;
}
