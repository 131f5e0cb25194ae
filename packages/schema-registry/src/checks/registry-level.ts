import { type Check, collectFindings, type Finding } from "@millrace/core";
import type { RegistryLevel } from "../schema-registry.ts";
import { schemasOf } from "../topic-schemas.ts";
import { type RegistryCheckContext, withoutRegistry } from "./registry-check-context.ts";

/** Whether the registry refuses what the declared level forbids, for every subject and for those to come. */
export const registryLevel: Check<RegistryCheckContext> = {
  finds: ["registry-level-weaker"],
  blockedBy: (context) =>
    withoutRegistry(context) ??
    (context.schemaRegistry?.compatibility === undefined ? "no schemaRegistry.compatibility was given" : undefined),
  async run({ registry, schemaRegistry, topics }) {
    const declared = schemaRegistry?.compatibility ?? "NONE";
    const general = await registry?.level().catch(() => undefined);
    const subjects = [...new Set(topics.flatMap((topic) => schemasOf(topic).map(({ subject }) => subject)))];
    return await collectFindings([undefined, ...subjects], async (subject) => {
      const level = await registry?.level(subject);
      // What goes for all is told once.
      const isOwn = subject === undefined || level !== general;
      return level !== undefined && isOwn && isWeaker(level, declared) ? [weaker(subject, level, declared)] : [];
    });
  },
};

/** What a level compares a new schema with, in both directions. */
const demands: Readonly<Record<RegistryLevel, readonly string[]>> = {
  NONE: [],
  BACKWARD: ["backward"],
  BACKWARD_TRANSITIVE: ["backward", "all backward"],
  FORWARD: ["forward"],
  FORWARD_TRANSITIVE: ["forward", "all forward"],
  FULL: ["backward", "forward"],
  FULL_TRANSITIVE: ["backward", "all backward", "forward", "all forward"],
};

function isWeaker(level: RegistryLevel, declared: RegistryLevel): boolean {
  return demands[declared].some((demand) => !demands[level].includes(demand));
}

function weaker(subject: string | undefined, level: RegistryLevel, declared: RegistryLevel): Finding {
  return {
    problem: "registry-level-weaker",
    severity: "warning",
    subject: subject === undefined ? "schema registry" : `subject ${subject}`,
    message: `${subject === undefined ? "The schema registry" : `Subject "${subject}"`} goes by ${level}, and takes schemas that the declared ${declared} forbids.`,
    evidence: { found: level, declared },
    fix: `Call registry.setLevel("${declared}"${subject === undefined ? "" : `, "${subject}"`}), or declare ${level} as schemaRegistry.compatibility.`,
  };
}
