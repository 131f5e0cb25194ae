import { problems } from "./api-problem.ts";
import { type CanonicalSchema, canonicalSchema, expandedText } from "./canonical-schema.ts";
import { check } from "./check.ts";
import { inheritedContent } from "./inherited-content.ts";
import { contextOf } from "./qualified-subject.ts";
import type { RegistrySettings } from "./registry-settings.ts";
import type { RegistryStore, SubjectVersion } from "./registry-store.ts";
import type { SubmittedSchema } from "./submitted-schema.ts";

/** Both halves of a registry's state. */
export interface RegistryState {
  readonly store: RegistryStore;
  readonly settings: RegistrySettings;
}

/**
 * Registers a schema, or finds the version that has it already. A refused one leaves no trace.
 * @throws ApiProblem
 */
export function registerSchema(
  { store, settings }: RegistryState,
  subject: string,
  submitted: SubmittedSchema,
  options: { readonly normalize: boolean; readonly incompatibleErrorCode: number },
): SubjectVersion {
  const config = settings.configInForce(subject);
  const normalize = options.normalize || config.normalize === true;
  const live = store.versions(subject);
  const { known, wanted } = findVersion({ store, settings }, subject, submitted, { normalize, versions: live });
  // What is there already is no change, whatever the mode.
  if (known !== undefined && (submitted.id === undefined || submitted.id === known.schema.id)) return known;

  const mode = settings.modeInForce(subject);
  const imports = mode === "IMPORT" || mode === "FORWARD";
  if (mode === "READONLY" || mode === "READONLY_OVERRIDE") throw problems.notPermitted(`Subject ${subject} is in read-only mode`);
  if (imports && submitted.id === undefined) throw problems.notPermitted(`Subject ${subject} is not in read-write mode`);
  if (!imports && submitted.id !== undefined) throw problems.notPermitted(`Subject ${subject} is not in import mode`);
  if (known !== undefined) throw problems.idMismatch(known.schema.id, submitted.id!);

  const next = (store.allVersions(subject).at(-1)?.version ?? 0) + 1;
  const version = submitted.version ?? next;
  if (imports) checkId(store, subject, submitted.id!, wanted);
  else {
    if (version !== next) throw problems.invalidSchema(`Version ${version} is not one more than the previous version ${next - 1}`);
    const details = check(store, wanted.content, live, config);
    if (details.length > 0) throw problems.incompatible(options.incompatibleErrorCode, subject, details);
  }
  return store.add({ subject, version, ...wanted, id: submitted.id });
}

/**
 * The version of a subject that has a schema: as it was sent, with what it inherits, or with its references written out; and the schema with what it inherits.
 * @throws ApiProblem 42201 when it is no schema
 */
export function findVersion(
  { store, settings }: RegistryState,
  subject: string,
  { content }: SubmittedSchema,
  options: { readonly normalize: boolean; readonly versions: readonly SubjectVersion[] },
): { readonly known: SubjectVersion | undefined; readonly wanted: CanonicalSchema } {
  const { normalize, versions } = options;
  const versionLike = ({ identity }: CanonicalSchema): SubjectVersion | undefined =>
    versions.findLast(({ schema }) => schema.identity === identity);
  const latest = store.versions(subject).at(-1)?.schema;
  const inherited = inheritedContent(content, latest, settings.configInForce(subject));
  const wanted = canonicalSchema(store, inherited, { normalize });
  const inheritsNothing = inherited.metadata === content.metadata && inherited.ruleSet === content.ruleSet;
  // Without a text it can only be a version's with other metadata.
  const asSent = inheritsNothing || content.text.trim() === "" ? wanted : canonicalSchema(store, content, { normalize });
  const known = versionLike(asSent) ?? versionLike(wanted);
  if (known !== undefined) return { known, wanted };
  return { known: content.references.length > 0 ? undefined : versionWithReferences(store, wanted, versions), wanted };
}

/** The version that needs other schemas and is this one when they are written out. */
function versionWithReferences(
  store: RegistryStore,
  { content }: CanonicalSchema,
  versions: readonly SubjectVersion[],
): SubjectVersion | undefined {
  const candidates = versions.filter(({ schema }) => schema.references.length > 0 && schema.type === "AVRO" && content.type === "AVRO");
  if (candidates.length === 0) return undefined;
  const expanded = expandedText(store, content);
  return candidates.findLast(({ schema }) => expandedText(store, schema) === expanded);
}

function checkId(store: RegistryStore, subject: string, id: number, { identity }: CanonicalSchema): void {
  const taken = store.schema(contextOf(subject), id);
  if (taken !== undefined && taken.identity !== identity)
    throw problems.notPermitted(`Overwrite new schema with id ${id} in context ${taken.context} is not permitted.`);
}
