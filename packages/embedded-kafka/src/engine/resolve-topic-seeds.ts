import { topicConfigProblem } from "../topics/topic-config.ts";
import { collisionKey, topicNameProblem } from "../topics/topic-name.ts";
import type { TopicSeed } from "./broker-engine-options.ts";
import { type OptionShape, soundOptions } from "./sound-options.ts";

/** A topic of the options with every default filled in. */
export type ResolvedTopicSeed = Required<TopicSeed>;

/** What topics have that do not say it. */
export type SeedDefaults = Pick<ResolvedTopicSeed, "partitions" | "replicationFactor">;

const seedShape: OptionShape<TopicSeed> = { name: "string", partitions: "number", replicationFactor: "number", configs: "object" };

/** Fills in the defaults of the topics that are there from the start, and says what is wrong with them. */
export function resolveTopicSeeds(
  given: readonly TopicSeed[],
  defaults: SeedDefaults,
  nodeCount: number,
): { readonly topics: readonly ResolvedTopicSeed[]; readonly problems: readonly string[] } {
  const problems: string[] = [];
  const topics = given.map((seed, index): ResolvedTopicSeed => {
    const where = `topics[${index}]`;
    const { sound, problems: ofShape } = soundOptions<TopicSeed>(seed, seedShape, where);
    const { name = "", partitions = defaults.partitions, replicationFactor = defaults.replicationFactor, configs = {} } = sound;
    const nameProblem = topicNameProblem(name);
    problems.push(...ofShape);
    // One that is of another type, or no object at all, has been told of.
    if (nameProblem !== undefined && (sound.name !== undefined || ofShape.length === 0)) problems.push(`${where}: ${nameProblem}`);
    if (!isWhole(partitions)) problems.push(`${where}: partitions must be a whole number of at least 1, not ${partitions}`);
    if (!isWhole(replicationFactor) || replicationFactor > nodeCount)
      problems.push(`${where}: replicationFactor must be from 1 to the number of nodes (${nodeCount}), not ${replicationFactor}`);
    for (const [config, value] of Object.entries(configs)) {
      const problem = typeof value === "string" ? topicConfigProblem(config, value) : `${config} must be a text, not ${String(value)}`;
      if (problem !== undefined) problems.push(`${where}: ${problem}`);
    }
    return { name, partitions, replicationFactor, configs };
  });
  for (const [index, { name }] of topics.entries()) {
    const first = topics.findIndex((topic) => collisionKey(topic.name) === collisionKey(name));
    if (name === "" || first === index) continue;
    const same = topics[first]!.name === name;
    problems.push(`topics[${index}]: "${name}" ${same ? "is there twice" : `collides with "${topics[first]!.name}"`}`);
  }
  return { topics, problems };
}

function isWhole(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 1;
}
