import { type Clock, InvalidOptionsError, withDeadline } from "@millrace/core";
import { nearestName } from "../nearest-name.ts";
import { validateBootstrapServers } from "./bootstrap-servers.ts";
import { validateCredentials } from "./credentials.ts";
import { validateMessageContent } from "./message-content.ts";
import { validateProducerConfig } from "./producer-config.ts";
import { type TopicValidatorOptions, validateTopicNames } from "./topic-names.ts";
import { type ValidatorPolicy, type ValidatorResult, validationError } from "./validator-result.ts";

/** What a context says. `sanitized_data` is what may be used of the data; contexts may say more under names of their own, such as `sanitized_servers`. */
export interface ContextResult extends ValidatorResult {
  readonly sanitized_data?: unknown;
}

/** What `validate` says: the context's result and `sanitized_data`. Frozen. */
export interface Validation extends ValidatorResult {
  /** What may be used of the data; for what cannot be used at all, null. */
  readonly sanitized_data: unknown;
  readonly [more: `sanitized_${string}`]: unknown;
}

/** Judges data of one context. What it throws makes the data invalid. */
export type ContextValidator = (
  data: unknown,
  options: TopicValidatorOptions & { readonly policy: ValidatorPolicy; readonly signal: AbortSignal },
) => ContextResult | Promise<ContextResult>;

/** How a `Validator` judges. */
export interface CreateValidatorOptions extends TopicValidatorOptions {
  /** Contexts by name whose policy is another one. */
  readonly policies?: Readonly<Record<string, ValidatorPolicy | undefined>> | undefined;
  /** More contexts by name, or others in the place of those that are there. */
  readonly contexts?: Readonly<Record<string, ContextValidator>> | undefined;
  /** How long a context may take, in milliseconds. @default 10000 */
  readonly timeoutMs?: number | undefined;
  /** @default systemClock */
  readonly clock?: Clock | undefined;
}

/** Judges any data by the name of what it is. */
export interface Validator {
  /**
   * Contexts that are always there: `bootstrap_servers`, `topic_names`, `kafka_credentials`, `producer_config`, `message_content`, and `general`, which finds
   * everything valid. Never rejects: whatever goes wrong, an unknown context too, is an issue.
   */
  validate(data: unknown, context?: string, options?: { readonly signal?: AbortSignal | undefined }): Promise<Validation>;
}

const builtIn: Readonly<Record<string, ContextValidator>> = {
  bootstrap_servers: (data, options) => withData(validateBootstrapServers(data, options), "sanitized_servers"),
  topic_names: (data, options) => withData(validateTopicNames(data, options), "sanitized_topics"),
  kafka_credentials: (data, options) => withData(validateCredentials(data, options), "sanitized_credentials"),
  producer_config: (data, options) => withData(validateProducerConfig(data, options), "sanitized_config"),
  message_content: (data, options) => withData(validateMessageContent(data, options), "sanitized_message"),
  general: (data) => ({ is_valid: true, security_issues: [], sanitized_data: data }),
};

function withData<Result extends ValidatorResult>(result: Result, name: keyof Result): ContextResult {
  return { ...result, sanitized_data: result[name] };
}

/**
 * Makes a validator out of the contexts that are always there and those of the program.
 * @throws InvalidOptionsError (`INVALID_OPTIONS`) for a policy of a context that is not there, a policy or limits that cannot be.
 */
export function createValidator(options: CreateValidatorOptions = {}): Validator {
  const { policy = "warn", policies = {}, contexts = {}, timeoutMs = 10_000, clock, limits, topicNames } = options;
  const known = new Map([...Object.entries(builtIn), ...Object.entries(contexts)]);
  const policyOf = new Map(Object.entries(policies).filter((entry): entry is [string, ValidatorPolicy] => entry[1] !== undefined));
  checkPolicies([policy, ...policyOf.values()], [...policyOf.keys()], known);
  // Says what is wrong with the options now, not with the first data.
  validateTopicNames([], { limits, topicNames });
  return {
    async validate(data, context = "general", { signal } = {}) {
      const contextPolicy = policyOf.get(context) ?? policy;
      try {
        const validator = known.get(context);
        if (validator === undefined) throw new Error(unknownContext(context, known));
        const work = async (own: AbortSignal): Promise<ContextResult> =>
          await validator(data, { policy: contextPolicy, limits, topicNames, signal: own });
        return complete(await withDeadline(timeoutMs, work, { signal, clock, what: "the validation" }), data, contextPolicy);
      } catch (error) {
        return Object.freeze({ is_valid: false, security_issues: Object.freeze([validationError(error)]), sanitized_data: null });
      }
    },
  };
}

const mostIssues = 100;

/** Brings what a context of the program says into the shape that it has promised. */
function complete(result: ContextResult, data: unknown, policy: ValidatorPolicy): Validation {
  if (typeof result !== "object" || result === null) throw new Error("the context gave no result");
  // The context is the program's, and may be written in JavaScript.
  const { is_valid: isValid, security_issues: given, ...rest }: { is_valid?: unknown; security_issues?: unknown } = result;
  const issues = Object.freeze(Array.isArray(given) ? given.slice(0, mostIssues).map(String) : []);
  const is_valid = isValid === true && (policy === "warn" || issues.length === 0);
  const sanitized_data = "sanitized_data" in result ? result.sanitized_data : is_valid ? data : null;
  return Object.freeze({ ...rest, is_valid, security_issues: issues, sanitized_data });
}

function checkPolicies(values: readonly unknown[], names: readonly string[], known: ReadonlyMap<string, unknown>): void {
  const problems: string[] = [];
  for (const value of values) if (value !== "warn" && value !== "block") problems.push('policy must be "warn" or "block"');
  for (const name of names) if (!known.has(name)) problems.push(`policies: ${unknownContext(name, known)}`);
  if (problems.length > 0) throw new InvalidOptionsError("createValidator", problems);
}

function unknownContext(name: string, known: ReadonlyMap<string, unknown>): string {
  const near = nearestName(name, known.keys());
  return `there is no context ${JSON.stringify(name.slice(0, 80))}; ${near === undefined ? `known: ${[...known.keys()].join(", ")}` : `did you mean ${near}?`}`;
}
