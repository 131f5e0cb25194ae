import type { Outcome } from "./step.ts";

/** What the real registry of the tests does otherwise, and what it answers. */
export interface Difference {
  readonly differs: string;
  readonly outcome: Outcome;
}

const refused = (status: number, code: number): Outcome => ({ status, code });
const ok = (body?: unknown): Outcome => ({ status: 200, body });

const invalidVersion = { differs: "a version that is no number is taken for one that is not there", outcome: refused(404, 40402) };
const conflict = (code: number): Difference => ({ differs: "what must be deleted softly first is a 409", outcome: refused(409, code) });
const keptVersion = { differs: "a soft-deleted version stays when its schema is registered again", outcome: ok([1, 2, 3]) };
const noScope = { differs: "an unknown subject is not found, whatever is asked of it", outcome: refused(404, 40401) };
const noMode = "a mode is kept and given back, without effect";

/**
 * Where Apicurio Registry 3.3, asked under its Confluent-compatible paths, differs from what Confluent documents, by scenario and step. The test against it fails
 * when it answers anything else, or when a difference of this list is gone.
 */
export const apicurioDifferences: Readonly<Record<string, Readonly<Record<string, Difference>>>> = {
  registration: {
    "a version that is no number": invalidVersion,
    "version 0": invalidVersion,
    "subjects by prefix": { differs: "subjectPrefix is ignored", outcome: ok(["~a", "~b"]) },
  },
  refusals: {
    "an unknown path": { differs: "no error code", outcome: { status: 404 } },
    "an empty schema": { differs: "it is accepted", outcome: ok() },
    "no schema at all": { differs: "an error of the server", outcome: refused(500, 0) },
    "nothing was registered": { differs: "the empty schema was", outcome: ok() },
    "a mode that is none": { differs: "the code of an invalid schema", outcome: refused(422, 42201) },
  },
  compatibility: {
    "verbose says why": { differs: "verbose is ignored", outcome: ok({ is_compatible: false }) },
    "a level in lower case": { differs: "it is refused", outcome: refused(422, 42203) },
    "a level that is not there": noScope,
    "or else the registry's": noScope,
  },
  deletion: {
    "for good before softly": conflict(40405),
    "a version for good before softly": conflict(40407),
    "the version a second time": conflict(40406),
    "the subject softly": keptVersion,
    "the subject for good": keptVersion,
  },
  "JSON Schema and Protobuf": {
    "an empty JSON Schema": { differs: "it is refused", outcome: refused(422, 42201) },
    "another type of schema under a subject": { differs: "the first schema's type is taken for that of all", outcome: refused(422, 42201) },
  },
  modes: {
    "a subject has none": { differs: "it has the registry's", outcome: ok() },
    "and holds": { differs: noMode, outcome: ok() },
    "an id of one's own only in IMPORT": { differs: noMode, outcome: ok() },
    "IMPORT needs an empty subject": { differs: noMode, outcome: ok() },
    "and found by them": { differs: "ids are the registry's in every mode", outcome: refused(404, 40403) },
    "and so are versions": { differs: "versions are the registry's in every mode", outcome: ok([1, 2]) },
    "without an id it is refused": { differs: noMode, outcome: ok() },
  },
};
