import type { CompatibilityLevel } from "@millrace/schema-compatibility";
import { problems } from "./api-problem.ts";
import { bytesOf, type MemoryBudget } from "./memory-budget.ts";
import { defaultContext, parseSubject, spellSubject } from "./qualified-subject.ts";
import type { JsonObject } from "./schema-content.ts";

/** What may be written: everything; nothing; nothing in any subject, whatever its own mode; schemas with ids of their own. */
export type Mode = "READWRITE" | "READONLY" | "READONLY_OVERRIDE" | "IMPORT" | "FORWARD";

/** Settings of a subject, of a context, or of the registry. */
export interface Config {
  readonly compatibilityLevel?: CompatibilityLevel;
  readonly normalize?: boolean;
  /** The subject that is meant by this one. */
  readonly alias?: string;
  /** A property of the metadata: only schemas with the same value of it are compared. */
  readonly compatibilityGroup?: string;
  readonly defaultMetadata?: JsonObject;
  readonly overrideMetadata?: JsonObject;
  readonly defaultRuleSet?: JsonObject;
  readonly overrideRuleSet?: JsonObject;
  /** Kept and given back, without effect. */
  readonly [name: string]: unknown;
}

/** What is set for the registry (scope `undefined`), for contexts (`:.orders:`) and for subjects. A closer scope goes before a wider one. */
export class RegistrySettings {
  private readonly configs = new Map<string | undefined, Config>();
  private readonly modes = new Map<string | undefined, Mode>();
  private readonly most: number;
  private readonly budget: MemoryBudget;

  constructor(maxEntries: number, budget: MemoryBudget) {
    this.most = maxEntries;
    this.budget = budget;
  }

  config(scope: string | undefined): Config | undefined {
    return this.configs.get(scope) ?? (scope === undefined ? { compatibilityLevel: "BACKWARD" } : undefined);
  }

  /** Each setting from the closest scope that has it. */
  configInForce(subject: string | undefined): Config & { readonly compatibilityLevel: CompatibilityLevel } {
    const merged = Object.assign({ compatibilityLevel: "BACKWARD" as const }, ...scopesOf(subject).map((scope) => this.configs.get(scope)));
    return merged as Config & { readonly compatibilityLevel: CompatibilityLevel };
  }

  setConfig(scope: string | undefined, config: Config): void {
    this.put(this.configs, scope, config);
  }

  deleteConfig(scope: string | undefined): void {
    this.take(this.configs, scope);
  }

  mode(scope: string | undefined): Mode | undefined {
    return this.modes.get(scope) ?? (scope === undefined ? "READWRITE" : undefined);
  }

  modeInForce(subject: string | undefined): Mode {
    const everywhere = this.mode(undefined)!;
    if (everywhere === "READONLY_OVERRIDE") return everywhere;
    return (
      scopesOf(subject)
        .map((scope) => this.modes.get(scope))
        .findLast((mode) => mode !== undefined) ?? everywhere
    );
  }

  setMode(scope: string | undefined, mode: Mode): void {
    this.put(this.modes, scope, mode);
  }

  deleteMode(scope: string | undefined): void {
    this.take(this.modes, scope);
  }

  /** Forgets what is set for the subjects of a scope, apart from the scope itself. */
  deleteModesWithin(scope: string | undefined): void {
    for (const key of this.modes.keys()) if (key !== scope && scopesOf(key).includes(scope)) this.deleteMode(key);
  }

  private put<V>(table: Map<string | undefined, V>, scope: string | undefined, value: V): void {
    if (!table.has(scope) && table.size >= this.most) throw problems.storeFull(`${this.most} settings`);
    this.budget.change(bytesOfEntry(table, scope), bytesOf(scope ?? "", JSON.stringify(value)));
    table.set(scope, value);
  }

  private take<V>(table: Map<string | undefined, V>, scope: string | undefined): void {
    this.budget.change(bytesOfEntry(table, scope), 0);
    table.delete(scope);
  }
}

function bytesOfEntry<V>(table: ReadonlyMap<string | undefined, V>, scope: string | undefined): number {
  return table.has(scope) ? bytesOf(scope ?? "", JSON.stringify(table.get(scope))) : 0;
}

/** The widest scope first. */
function scopesOf(subject: string | undefined): (string | undefined)[] {
  if (subject === undefined) return [undefined];
  const { context, name } = parseSubject(subject);
  const ofContext = context === defaultContext ? [] : [spellSubject({ context, name: "" })];
  return [undefined, ...ofContext, ...(name === "" && context !== defaultContext ? [] : [subject])];
}
