import { InvalidOptionsError } from "@millrace/core";
import type { DeadLetter, Disposition } from "./dead-letter.ts";

/**
 * Which dead letters are meant, as data: it can be written down in a job's audit record, sent to a service, or read from a file. Everything that is given must
 * hold; of a list, one entry is enough. `{}` means every letter.
 */
export interface DeadLetterSelection {
  /** Ids: `topic/partition/offset/group`. */
  readonly ids?: readonly string[];
  /** Names of error classes. */
  readonly errorTypes?: readonly string[];
  readonly errorCodes?: readonly string[];
  readonly dispositions?: readonly Disposition[];
  /** Headers as their producer wrote them. With `equals` (text is compared as UTF-8) one of that name has this value, without it there is one. All must hold. */
  readonly headers?: readonly { readonly name: string; readonly equals?: string | null }[];
  /** Text is compared as UTF-8, null is the missing key. */
  readonly keys?: readonly (string | null)[];
  /** Milliseconds since the epoch: failed then or later. */
  readonly failedFrom?: number;
  /** Milliseconds since the epoch: failed before. */
  readonly failedBefore?: number;
  /** The partitions they were first read from. */
  readonly partitions?: readonly number[];
  /** The offsets they were first read at: this one or later. */
  readonly fromOffset?: number;
  /** Before this one. */
  readonly beforeOffset?: number;
}

const lists = ["ids", "errorTypes", "errorCodes", "dispositions", "headers", "keys", "partitions"] as const;
const numbers = ["failedFrom", "failedBefore", "fromOffset", "beforeOffset"] as const;
const known: ReadonlySet<string> = new Set([...lists, ...numbers]);

/**
 * Turns a selection into the question that it asks of each letter.
 * @throws InvalidOptionsError (`INVALID_OPTIONS`): a field that is misspelt would otherwise select everything
 */
export function selectDeadLetters(selection: DeadLetterSelection): (letter: DeadLetter) => boolean {
  const problems = [
    ...Object.keys(selection)
      .filter((field) => !known.has(field))
      .map((field) => `there is no field ${JSON.stringify(field)}; the fields are ${[...known].join(", ")}`),
    ...lists
      .filter((field) => selection[field] !== undefined && !Array.isArray(selection[field]))
      .map((field) => `${field} must be a list`),
    ...numbers
      .filter((field) => selection[field] !== undefined && !Number.isFinite(selection[field]))
      .map((field) => `${field} must be a number, not ${String(selection[field])}`),
  ];
  if (problems.length > 0) throw new InvalidOptionsError("selection of dead letters", problems);

  const isAmong = <T>(list: readonly T[] | undefined): ((value: T) => boolean) => {
    if (list === undefined) return () => true;
    const values = new Set(list);
    return (value) => values.has(value);
  };
  const id = isAmong(selection.ids);
  const type = isAmong(selection.errorTypes);
  const code = isAmong<string | null>(selection.errorCodes);
  const disposition = isAmong(selection.dispositions);
  const key = isAmong(selection.keys?.map(latin1));
  const partition = isAmong(selection.partitions);
  const headers = (selection.headers ?? []).map(({ name, equals }) => ({
    name,
    equals: equals === undefined ? undefined : latin1(equals),
  }));
  const { failedFrom = -Infinity, failedBefore = Infinity, fromOffset = -Infinity, beforeOffset = Infinity } = selection;
  return (letter) =>
    id(letter.id) &&
    type(letter.failure.type) &&
    code(letter.failure.code) &&
    disposition(letter.disposition) &&
    partition(letter.origin.partition) &&
    letter.failedAt >= failedFrom &&
    letter.failedAt < failedBefore &&
    letter.origin.offset >= fromOffset &&
    letter.origin.offset < beforeOffset &&
    key(letter.key === null ? null : letter.key.toString("latin1")) &&
    headers.every(({ name, equals }) =>
      letter.headers.some(
        ([given, value]) => given === name && (equals === undefined || (value === null ? null : value.toString("latin1")) === equals),
      ),
    );
}

/** Bytes as text of one character each, so that keys that are no UTF-8 do not look alike. */
function latin1(text: string | null): string | null {
  return text === null ? null : Buffer.from(text, "utf8").toString("latin1");
}
