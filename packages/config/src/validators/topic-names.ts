import { hasTopicNameCharacters, InvalidOptionsError, maxTopicNameLength } from "@millrace/core";
import type { ValidatorOptions } from "./bootstrap-servers.ts";
import { matchesTopicPattern, mostTopicPatterns, topicPatternProblem } from "./topic-pattern.ts";
import { resolveLimits } from "./validator-limits.ts";
import { judge, showText, type ValidatorResult } from "./validator-result.ts";

/** Which topics may be used, of those that Kafka allows. */
export interface TopicNamePolicy {
  /** Whether names may begin with two underscores, as those of Kafka's own topics do. @default false */
  readonly allowSystemTopics?: boolean | undefined;
  /** Characters that a name may have. @default limits.topicNameCharacters, which is Kafka's 249 */
  readonly maxLength?: number | undefined;
  /** Patterns of which a name must match one: `*` stands for characters other than dots, `**` at the end for any. @default every name */
  readonly allowedPatterns?: readonly string[] | undefined;
  /** How many parts between dots a name must have, such as 3 for `domain.entity.action`. @default any number */
  readonly segments?: number | undefined;
}

/** How `validateTopicNames` judges. */
export interface TopicValidatorOptions extends ValidatorOptions {
  readonly topicNames?: TopicNamePolicy | undefined;
}

/** What `validateTopicNames` says. */
export interface TopicsResult extends ValidatorResult {
  /** The names that may be used. */
  readonly sanitized_topics: readonly string[];
}

/**
 * Judges names of topics: a list, or one name. Every issue makes the list invalid; of each name the first issue is told. Never throws for whatever is judged.
 * @throws InvalidOptionsError (`INVALID_OPTIONS`) for a policy or limits that cannot be.
 */
export function validateTopicNames(topics: unknown, options: TopicValidatorOptions = {}): TopicsResult {
  const { policy = "warn", topicNames = {} } = options;
  const limits = resolveLimits(options.limits);
  checkPolicy(topicNames);
  return judge<{ readonly sanitized_topics: readonly string[] }>(policy, { sanitized_topics: Object.freeze([]) }, (issues) => {
    const list: unknown = typeof topics === "string" ? [topics] : topics;
    const sanitized: string[] = [];
    if (!Array.isArray(list)) issues.fault("Topic names must be a list");
    else {
      if (list.length > limits.topics) issues.fault(`Too many topics (more than ${limits.topics})`);
      for (const topic of list.slice(0, limits.topics) as unknown[]) {
        const issue = typeof topic === "string" ? topicIssue(topic, topicNames, limits.topicNameCharacters) : "Topic name is not text";
        if (issue === undefined) sanitized.push(topic as string);
        else issues.fault(issue);
      }
    }
    return { sanitized_topics: Object.freeze(sanitized) };
  });
}

function topicIssue(topic: string, policy: TopicNamePolicy, mostCharacters: number): string | undefined {
  const { allowSystemTopics = false, maxLength = mostCharacters, allowedPatterns = [], segments } = policy;
  const tell = (issue: string): string => `${issue}: ${showText(topic)}`;
  if (!allowSystemTopics && topic.startsWith("__")) return tell("System topic access attempted");
  if (topic.includes("..")) return tell("Path traversal attempt in topic");
  if (/[;&|`$]/.test(topic)) return tell("Command injection characters in topic");
  if (topic.length > maxLength) return tell("Topic name too long");
  if (topic === "" || topic === "." || !hasTopicNameCharacters(topic)) return tell("Invalid topic name format");
  if (segments !== undefined) {
    const parts = topic.split(".");
    if (parts.length !== segments || parts.includes("")) return tell(`Topic name must have ${segments} parts`);
  }
  if (allowedPatterns.length > 0 && !allowedPatterns.some((pattern) => matchesTopicPattern(topic, pattern)))
    return tell("Topic name not allowed");
  return undefined;
}

function checkPolicy({ maxLength, allowedPatterns = [], segments }: TopicNamePolicy): void {
  const problems: string[] = [];
  const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 1 && value <= maxTopicNameLength;
  if (maxLength !== undefined && !isCount(maxLength)) problems.push(`topicNames.maxLength must be from 1 to ${maxTopicNameLength}`);
  if (segments !== undefined && !isCount(segments)) problems.push(`topicNames.segments must be from 1 to ${maxTopicNameLength}`);
  if (allowedPatterns.length > mostTopicPatterns) problems.push(`topicNames.allowedPatterns must be at most ${mostTopicPatterns}`);
  for (const pattern of allowedPatterns) {
    const problem = topicPatternProblem(pattern);
    if (problem !== undefined) problems.push(`each of topicNames.allowedPatterns ${problem}`);
  }
  if (problems.length > 0) throw new InvalidOptionsError("validators", problems);
}
