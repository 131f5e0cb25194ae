import type { Capability, CapabilityName, DriverCapabilities } from "./capability-table.ts";

/** One driver's row. */
export interface CapabilityRow {
  readonly driver: string;
  readonly capabilities: DriverCapabilities;
}

/** The table as Markdown, one line per capability and one column per driver, for READMEs. */
export function renderCapabilityTable(rows: readonly CapabilityRow[]): string {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row.capabilities)))] as CapabilityName[];
  const lines = [
    `| capability | ${rows.map((row) => row.driver).join(" | ")} |`,
    `| --- |${" --- |".repeat(rows.length)}`,
    ...names.map((name) => `| ${name} | ${rows.map((row) => describe(row.capabilities[name])).join(" | ")} |`),
  ];
  return lines.join("\n");
}

function describe(capability: Capability): string {
  switch (capability.support) {
    case "native":
      return "native";
    case "emulated":
      return `emulated: ${capability.how}`;
    case "refused":
      return `refused (\`${capability.error}\`): ${capability.why}`;
  }
}
