import { InvalidOptionsError } from "@millrace/core";
import type { Topic } from "./topic.ts";
import { collisionKey, quoteTopicName } from "./topic-name.ts";

/** Any topic, when its types do not matter. */
export type AnyTopic = Topic<unknown, unknown>;

/** A set of topics that can live together in one cluster. */
export interface Catalogue<T extends AnyTopic = AnyTopic> {
  /** In the order they were given. */
  readonly topics: readonly T[];
  /** The topic of this name, or undefined. */
  find(name: string): T | undefined;
}

/**
 * Puts topics together and checks what only shows when they are: each name at most once, and no two names that differ only by "." and "_", which a
 * broker refuses.
 * @throws InvalidOptionsError (`INVALID_OPTIONS`) with every problem at once.
 */
export function defineCatalogue<const T extends AnyTopic>(topics: readonly T[]): Catalogue<T> {
  const byName = new Map<string, T>();
  const byCollisionKey = new Map<string, string>();
  const problems: string[] = [];
  for (const topic of topics) {
    const { name } = topic;
    const other = byCollisionKey.get(collisionKey(name));
    if (byName.has(name)) problems.push(`topic ${quoteTopicName(name)} is there twice`);
    else if (other !== undefined) {
      problems.push(
        `topics ${quoteTopicName(other)} and ${quoteTopicName(name)} differ only by "." and "_", and a broker allows only one of them`,
      );
    }
    byName.set(name, topic);
    byCollisionKey.set(collisionKey(name), other ?? name);
  }
  if (problems.length > 0) throw new InvalidOptionsError("catalogue", problems);
  return Object.freeze({
    topics: Object.freeze([...topics]),
    find: (name: string) => byName.get(name),
  });
}
