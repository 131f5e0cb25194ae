import { type Check, type Finding, TimedOutError } from "@millrace/core";
import { RegistryError } from "../registry-error.ts";
import { type RegistryCheckContext, withoutRegistry } from "./registry-check-context.ts";

/** Whether a schema registry answers, and lets this client in. */
export const reachableRegistry: Check<RegistryCheckContext> = {
  finds: ["registry-unreachable", "registry-authentication-failed"],
  blockedBy: withoutRegistry,
  async run({ registry }) {
    try {
      await registry?.reach();
      return [];
    } catch (error) {
      if (TimedOutError.is(error)) return [unreachable(`It does not answer within ${error.timeoutMs} ms.`, {})];
      if (!RegistryError.is(error)) throw error;
      const { code, status = null } = error;
      // It knows who asks, and keeps this from them: whether it answers was the question.
      if (status === 403) return [];
      const evidence = { code, status };
      return [code === "REGISTRY_UNAUTHORISED" ? refused(error.message, evidence) : unreachable(error.message, evidence)];
    }
  },
};

const subject = "schema registry";

function unreachable(message: string, evidence: Finding["evidence"]): Finding {
  return {
    problem: "registry-unreachable",
    severity: "error",
    subject,
    message: `No schema registry can be asked: ${message}`,
    evidence,
    fix: "Start the registry, correct schemaRegistry.url with its path, or open the way from this machine to it.",
  };
}

function refused(message: string, evidence: Finding["evidence"]): Finding {
  return {
    problem: "registry-authentication-failed",
    severity: "error",
    subject,
    message: `The schema registry and this client do not accept each other: ${message}`,
    evidence,
    fix: "Correct the credentials of schemaRegistry, or what it is told of certificates.",
  };
}
