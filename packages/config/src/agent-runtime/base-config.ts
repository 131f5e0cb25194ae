import { inspect } from "node:util";
import { type Logger, silentLogger } from "@millrace/core";
import { redactCredentials } from "../validators/redact-credentials.ts";
import { ConfigValidationError } from "./config-validation-error.ts";
import { type ValidationResult, type ValidationResultValues, validationResult } from "./validation-result.ts";

/** What every configuration class takes besides its values. */
export interface BaseConfigOptions {
  /** Where warnings go. @default silentLogger */
  readonly logger?: Logger | undefined;
}

/**
 * A configuration that judges its own values. A subclass keeps its values in fields and supplies `validateImplementation`; fields that begin with "_" are
 * private. Values are not to be changed after construction: the result of the first validation is kept.
 */
export abstract class BaseConfig {
  readonly #logger: Logger;
  #result: ValidationResult | undefined;
  #cause: unknown;
  #isAutoValidated = false;

  constructor(options: BaseConfigOptions = {}) {
    this.#logger = options.logger ?? silentLogger;
  }

  /** Judges the values. What it throws is an error of the configuration. Errors and warnings must hold no secret. */
  protected abstract validateImplementation(): ValidationResultValues;

  /** What there is to say of the values, without throwing. Looked at once, then kept. */
  check(): ValidationResult {
    if (this.#result === undefined) {
      try {
        this.#result = validationResult(this.validateImplementation());
      } catch (error) {
        this.#cause = error;
        this.#result = validationResult({ errors: [`it cannot be validated (${error instanceof Error ? error.name : typeof error})`] });
      }
    }
    return this.#result;
  }

  /**
   * The result of a valid configuration.
   * @throws ConfigValidationError (`CONFIG_VALIDATION_FAILED`) every time that the configuration is invalid.
   */
  validate(): ValidationResult {
    const result = this.check();
    if (!result.is_valid) throw new ConfigValidationError(result.errors, this.#cause === undefined ? {} : { cause: this.#cause });
    return result;
  }

  /**
   * The configuration itself, when it is valid.
   * @throws ConfigValidationError (`CONFIG_VALIDATION_FAILED`) every time that it is not.
   */
  ensureValid(): this {
    this.validate();
    return this;
  }

  /** Validates and logs each warning, once however often it is called. Never throws: an invalid configuration throws where it is used. */
  autoValidate(): void {
    if (this.#isAutoValidated) return;
    this.#isAutoValidated = true;
    for (const warning of this.check().warnings) {
      try {
        this.#logger.warn(warning, { config: this.constructor.name });
      } catch {
        // A broken logger is no reason against a configuration.
      }
    }
  }

  /** The values as plain data, as `fromObject` takes them: without private fields, secrets in the clear. */
  toObject(): Record<string, unknown> {
    return plainData(Object.fromEntries(Object.entries(this).filter(([name]) => !name.startsWith("_")))) as Record<string, unknown>;
  }

  /** The values as they may be shown, secrets redacted. */
  toJSON(): unknown {
    return redactCredentials(this.toObject());
  }

  static {
    // What `console.log` shows. The name cannot stand in a declaration.
    Object.defineProperty(BaseConfig.prototype, inspect.custom, {
      value(this: BaseConfig) {
        return this.toJSON();
      },
    });
  }
}

function plainData(value: unknown): unknown {
  if (value instanceof BaseConfig) return value.toObject();
  if (Array.isArray(value)) return value.map(plainData);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined && typeof inner !== "function");
  // Not assignments: a setting called __proto__ stays a setting.
  return Object.fromEntries(entries.map(([name, inner]) => [name, plainData(inner)]));
}
