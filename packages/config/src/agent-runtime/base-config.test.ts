import { inspect } from "node:util";
import { createLogger, type LogEntry, type Logger } from "@millrace/core";
import { expect, test } from "vitest";
import { autoValidateAfterInit } from "./auto-validate.ts";
import { BaseConfig, type BaseConfigOptions } from "./base-config.ts";
import { ConfigValidationError } from "./config-validation-error.ts";
import { type ValidationResult, type ValidationResultValues, validationResult } from "./validation-result.ts";

/** The example of the developers' guide. */
class MyServiceConfig extends BaseConfig {
  validations = 0;
  readonly _setting1: string;
  readonly _setting2: number;

  constructor(setting1: string, setting2 = 42, options: BaseConfigOptions = {}) {
    super(options);
    this._setting1 = setting1;
    this._setting2 = setting2;
  }

  protected override validateImplementation(): ValidationResult {
    this.validations++;
    const errors: string[] = [];
    const warnings: string[] = [];
    if (this._setting1 === "") errors.push("setting1 cannot be empty");
    if (this._setting2 < 0) warnings.push("setting2 should be positive");
    return validationResult({ is_valid: errors.length === 0, errors, warnings });
  }
}

function recordingLogger(): { readonly logger: Logger; readonly entries: LogEntry[] } {
  const entries: LogEntry[] = [];
  return { entries, logger: createLogger({ write: (entry) => entries.push(entry) }) };
}

test("[000-01] a validation result has is_valid, errors and warnings, a list of warnings even where there is null, and is frozen", () => {
  const result = validationResult({ is_valid: true, errors: [], warnings: null });
  expect(result).toEqual({ is_valid: true, errors: [], warnings: [] });
  expect([result, result.errors, result.warnings].every(Object.isFrozen)).toBe(true);
  expect(validationResult({ is_valid: false, errors: ["e"], warnings: ["w"] })).toEqual({
    is_valid: false,
    errors: ["e"],
    warnings: ["w"],
  });
  expect(validationResult({})).toEqual({ is_valid: true, errors: [], warnings: [] });
  expect(validationResult({ is_valid: true, errors: ["e"] }).is_valid).toBe(false);
  expect(validationResult({ is_valid: false }).is_valid).toBe(false);
  const errors = ["e"];
  const own = validationResult({ errors });
  errors.push("later");
  expect(own.errors).toEqual(["e"]);
});

test("[000-02] a subclass supplies its own validation: an empty setting is an error, a negative one a warning", () => {
  expect(new MyServiceConfig("a").check()).toEqual({ is_valid: true, errors: [], warnings: [] });
  expect(new MyServiceConfig("").check()).toEqual({ is_valid: false, errors: ["setting1 cannot be empty"], warnings: [] });
  expect(new MyServiceConfig("a", -1).check()).toEqual({ is_valid: true, errors: [], warnings: ["setting2 should be positive"] });
  expect(new MyServiceConfig("a", -1).validate().is_valid).toBe(true);
  expect(new MyServiceConfig("", -1).check()).toMatchObject({ is_valid: false, errors: { length: 1 }, warnings: { length: 1 } });
});

class PairConfig extends BaseConfig {
  looks = 0;
  _private = "p";
  setting = "s";
  nested = new MyServiceConfig("a");
  list = [1, { two: 2 }];
  unset = undefined;
  readonly #hidden = "h";
  protected override validateImplementation(): ValidationResultValues {
    this.looks++;
    return { errors: [`one ${this.#hidden}`, "two"] };
  }
}

test("[000-03] validate throws all errors joined by a semicolon, looks once, and toObject leaves out private fields", () => {
  const config = new PairConfig();
  expect(() => config.validate()).toThrow(new ConfigValidationError(["one h", "two"]));
  expect(() => config.validate()).toThrow("Configuration validation failed: one h; two");
  expect(config.check()).toBe(config.check());
  expect(config.looks).toBe(1);
  const valid = new MyServiceConfig("a");
  expect(valid.validate()).toBe(valid.validate());
  expect(valid.validations).toBe(1);
  expect(config.toObject()).toEqual({ looks: 1, setting: "s", nested: { validations: 0 }, list: [1, { two: 2 }] });
});

class Late extends MyServiceConfig {
  readonly _own: string;
  constructor(options: BaseConfigOptions = {}) {
    super("a", -1, options);
    this._own = "";
  }
  protected override validateImplementation(): ValidationResult {
    const { errors, warnings } = super.validateImplementation();
    return validationResult({
      errors: this._own === "" ? [...errors, "own cannot be empty"] : errors,
      warnings: [...warnings, `own is ${typeof this._own}`],
    });
  }
}

test("[000-04] autoValidateAfterInit validates once after the whole constructor, logs each warning and never throws", () => {
  const { logger, entries } = recordingLogger();
  const Decorated = autoValidateAfterInit(Late);
  const config = new Decorated({ logger });
  expect(config.validations).toBe(1);
  expect(entries.map(({ level, message }) => [level, message])).toEqual([
    ["warn", "setting2 should be positive"],
    ["warn", "own is string"],
  ]);
  expect(() => config.validate()).toThrow("own cannot be empty");
  expect(config.validations).toBe(1);
  expect(config).toBeInstanceOf(Late);
  expect(Decorated.name).toBe("Late");
  const broken = autoValidateAfterInit(
    class extends BaseConfig {
      protected override validateImplementation(): ValidationResult {
        throw new TypeError("not today");
      }
    },
  );
  expect(() => new broken().validate()).toThrow("Configuration validation failed: it cannot be validated (TypeError)");
});

test("the decorator may stand on both levels of a hierarchy, and serves classes that extend it", async () => {
  const { logger, entries } = recordingLogger();
  // As the compiler calls a decorator.
  const Inner = autoValidateAfterInit(Late, { kind: "class", name: "Late", metadata: {}, addInitializer: () => undefined });
  const Outer = autoValidateAfterInit(class Outer extends Inner {});
  const config = new Outer({ logger });
  expect([config.validations, entries.length]).toEqual([1, 2]);
  class Extended extends Outer {
    readonly _more = "more";
    protected override validateImplementation(): ValidationResult {
      return validationResult({ warnings: [...super.validateImplementation().warnings, `more is ${this._more}`] });
    }
  }
  const extended = new Extended({ logger });
  await Promise.resolve();
  expect(extended.validations).toBe(1);
  expect(entries.slice(2).map(({ message }) => message)).toEqual(["setting2 should be positive", "own is string", "more is more"]);
});

test("a logger that throws is no reason against a configuration", () => {
  const logger = createLogger({
    write: () => {
      throw new Error("disk full");
    },
  });
  const Decorated = autoValidateAfterInit(MyServiceConfig);
  expect(new Decorated("a", -1, { logger }).validate().is_valid).toBe(true);
});

test("[000-05] validate and ensureValid throw every time while the configuration is invalid", () => {
  const Decorated = autoValidateAfterInit(MyServiceConfig);
  const config = new Decorated("");
  for (let time = 0; time < 3; time++) {
    expect(() => config.validate()).toThrow(ConfigValidationError);
    expect(() => config.ensureValid()).toThrow("Configuration validation failed: setting1 cannot be empty");
  }
  const valid = new Decorated("a");
  expect(valid.ensureValid()).toBe(valid);
});

test("what is shown of a configuration holds no secret, what is made of it does", () => {
  class Secretive extends BaseConfig {
    readonly sasl_password = "hunter2-planted";
    readonly nested = { api_secret: "hunter2-planted", __proto__: null };
    protected override validateImplementation(): ValidationResultValues {
      return {};
    }
  }
  const config = new Secretive();
  expect(`${JSON.stringify(config)}${inspect(config, { depth: 5, showHidden: true })}`).not.toContain("planted");
  expect(config.toObject()).toMatchObject({ sasl_password: "hunter2-planted" });
});
