import { hasTopicNameCharacters, InvalidOptionsError, maxTopicNameLength } from "@millrace/core";
import { z } from "zod";
import { type ConfigSection, defineSection } from "./config-section.ts";
import { wholeNumber } from "./number-setting.ts";
import { type TopicNamePolicy, validateTopicNames } from "./validators/topic-names.ts";
import { mostTopicPatterns, topicPatternProblem } from "./validators/topic-pattern.ts";

/** What an application's topics are called and have in common: the values of the section `topicNames`. */
export interface TopicNameOptions extends TopicNamePolicy {
  /** Stands before every name, with a dot between. @default nothing */
  readonly prefix?: string | undefined;
  /** Partitions of a topic that is made. @default the broker's `num.partitions` */
  readonly partitions?: number | undefined;
  /** Replicas of a topic that is made. @default the broker's `default.replication.factor` */
  readonly replicationFactor?: number | undefined;
}

const about = (description: string): { readonly description: string } => ({ description });

const schema = z.strictObject({
  prefix: z
    .string("must be text")
    .min(1, "must not be empty")
    .max(200, "must be at most 200 characters")
    .refine(
      (text) => hasTopicNameCharacters(text) && !text.endsWith("."),
      "must hold letters, digits, -, _ and dots, and not end with a dot",
    )
    .optional()
    .meta(about("stands before every topic's name")),
  partitions: wholeNumber({ least: 1, most: 200_000 }, "partitions of a topic that is made").optional(),
  replicationFactor: wholeNumber({ least: 1, most: 32_767 }, "replicas of a topic that is made").optional(),
  allowSystemTopics: z.boolean("must be true or false").optional().meta(about("whether names may begin with two underscores")),
  maxLength: wholeNumber({ least: 1, most: maxTopicNameLength }, "characters that a topic's name may have").optional(),
  allowedPatterns: z
    .array(
      z.string("must be text").superRefine((pattern, context) => {
        const problem = topicPatternProblem(pattern);
        if (problem !== undefined) context.addIssue({ code: "custom", message: problem });
      }),
      "must be a list of patterns",
    )
    .max(mostTopicPatterns, `must be at most ${mostTopicPatterns} patterns`)
    .optional()
    .meta(about("patterns of which a topic's name must match one, such as orders.*")),
  segments: wholeNumber({ least: 1, most: maxTopicNameLength }, "parts between dots that a topic's name must have").optional(),
});

/** The section `topicNames`. Variables: KAFKA_TOPIC_PREFIX, KAFKA_NUM_PARTITIONS, KAFKA_REPLICATION_FACTOR, KAFKA_TOPIC_NAMES_MAX_LENGTH and so on. */
export const topicNames: ConfigSection<TopicNameOptions, "topicNames"> = defineSection({
  name: "topicNames",
  schema,
  environment: { TOPIC_PREFIX: "prefix", NUM_PARTITIONS: "partitions", REPLICATION_FACTOR: "replicationFactor" },
  properties: {
    "topic.prefix": { setting: "prefix", dialect: "alias" },
    "num.partitions": { setting: "partitions", dialect: "alias" },
    "replication.factor": { setting: "replicationFactor", dialect: "alias" },
    "default.replication.factor": { setting: "replicationFactor", dialect: "alias" },
  },
  // What is said of systems is that of `clientPresets` of @millrace/kafka; a test there compares them.
  presets: {
    development: { partitions: 1, replicationFactor: 1 },
    production: { replicationFactor: 3 },
    "high-security": { replicationFactor: 3 },
    agents: { partitions: 3, replicationFactor: 1 },
    "agent-memory": { partitions: 1, replicationFactor: 1 },
    "event-bus": { partitions: 1, replicationFactor: 1 },
    publisher: { partitions: 3, replicationFactor: 1 },
    "domain-events": { prefix: "zamaz-debate", partitions: 3, replicationFactor: 1 },
    pipeline: { partitions: 1, replicationFactor: 1 },
  },
});

/** A topic's full name, and what it has in common with the others. */
export interface NamedTopic {
  readonly name: string;
  readonly partitions?: number | undefined;
  readonly replicationFactor?: number | undefined;
}

/**
 * A topic as the section `topicNames` has them: `defineTopic({ ...topicNamed(config.topicNames, "orders"), key, value })`.
 * @throws InvalidOptionsError (`INVALID_OPTIONS`) when the whole name is not allowed
 */
export function topicNamed(settings: TopicNameOptions, name: string): NamedTopic {
  const { prefix, partitions, replicationFactor } = settings;
  const whole = prefix === undefined ? name : `${prefix}.${name}`;
  const { is_valid, security_issues } = validateTopicNames([whole], { topicNames: settings });
  if (!is_valid) throw new InvalidOptionsError("topicNamed", security_issues);
  return { name: whole, partitions, replicationFactor };
}
