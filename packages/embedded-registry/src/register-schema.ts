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
  const mode = settings.modeInForce(subject);
  const imports = mode === "IMPORT" || mode === "FORWARD";
  if (mode === "READONLY" || mode === "READONLY_OVERRIDE") throw problems.notPermitted(`Subject ${subject} is in read-only mode`);
  if (imports && submitted.id === undefined) throw problems.notPermitted(`Subject ${subject} is not in read-write mode`);
  if (!imports && submitted.id !== undefined) throw problems.notPermitted(`Subject ${subject} is not in import mode`);

  const config = settings.configInForce(subject);
  const normalize = options.normalize || config.normalize === true;
  const live = store.versions(subject);
  const known = findVersion({ store, settings }, subject, submitted, { normalize, versions: live });
  if (known !== undefined) {
    if (submitted.id !== undefined && submitted.id !== known.schema.id) throw problems.idMismatch(known.schema.id, submitted.id);
    return known;
  }
  const wanted = canonicalSchema(store, inheritedContent(submitted.content, live.at(-1)?.schema, config), { normalize });
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
 * The version of a subject that has a schema: as it was sent, with the metadata that it would inherit, or with its references written out.
 * @throws ApiProblem 42201 when it is no schema
 */
export function findVersion(
  { store, settings }: RegistryState,
  subject: string,
  { content }: SubmittedSchema,
  options: { readonly normalize: boolean; readonly versions: readonly SubjectVersion[] },
): SubjectVersion | undefined {
  const { normalize, versions } = options;
  const latest = store.versions(subject).at(-1)?.schema;
  // Without a text it can only be a version's with other metadata.
  if (content.text.trim() !== "" || latest === undefined) {
    const { identity } = canonicalSchema(store, content, { normalize });
    const found = versions.findLast(({ schema }) => schema.identity === identity);
    if (found !== undefined) return found;
  }
  const inherited = canonicalSchema(store, inheritedContent(content, latest, settings.configInForce(subject)), { normalize });
  const found = versions.findLast(({ schema }) => schema.identity === inherited.identity);
  if (found !== undefined || content.references.length > 0) return found;
  const withReferences = versions.filter(({ schema }) => schema.references.length > 0 && schema.type === "AVRO" && content.type === "AVRO");
  if (withReferences.length === 0) return undefined;
  const expanded = expandedText(store, inherited.content);
  return withReferences.findLast(({ schema }) => expandedText(store, schema) === expanded);
}

function checkId(store: RegistryStore, subject: string, id: number, { identity }: CanonicalSchema): void {
  const taken = store.schema(contextOf(subject), id);
  if (taken !== undefined && taken.identity !== identity)
    throw problems.notPermitted(`Overwrite new schema with id ${id} in context ${taken.context} is not permitted.`);
}
