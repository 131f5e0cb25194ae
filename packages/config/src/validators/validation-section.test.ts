import { expect, test } from "vitest";
import { loadConfig, safeLoadConfig } from "../load-config.ts";
import { createValidator } from "./create-validator.ts";
import { validation } from "./validation-section.ts";

const sections = [validation] as const;

test.each([
  [undefined, true, true],
  ["development", true, true],
  ["staging", false, true],
  ["production", false, true],
  ["high-security", false, false],
] as const)("the preset %s lets a private server pass: %j, and code in a message: %j", async (preset, server, message) => {
  const validator = createValidator(loadConfig({ sections, environment: {}, preset }).validation);
  expect((await validator.validate(["10.0.0.1:9092"], "bootstrap_servers")).is_valid).toBe(server);
  expect((await validator.validate("eval(1)", "message_content")).is_valid).toBe(message);
});

test("variables set policies", () => {
  const environment = { KAFKA_VALIDATION_POLICY: "block", KAFKA_VALIDATION_POLICIES_MESSAGE_CONTENT: "warn" };
  expect(loadConfig({ sections, environment }).validation).toEqual({ policy: "block", policies: { message_content: "warn" } });
  const wrong = safeLoadConfig({ sections, environment: { KAFKA_VALIDATION_POLICY: "strict" } });
  expect(wrong.errors.map(({ path, rule }) => [path, rule])).toEqual([["validation.policy", 'must be "warn" or "block"']]);
});
