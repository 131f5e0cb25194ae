import Long from "long";
import protobufjs from "protobufjs";
import { SerdeError } from "../serde-error.ts";
import type { MessageIndexes } from "./message-indexes.ts";

const { common, Namespace, parse, Root, Type } = protobufjs;

/** protobufjs's own has `type_url` whatever the names of other fields are. */
const anyFile = "google/protobuf/any.proto";
const anyText = 'syntax = "proto3"; package google.protobuf; message Any { string type_url = 1; bytes value = 2; }';

/** One .proto file that another one imports. */
export interface ProtoImport {
  /** As the import statement names it. */
  readonly name: string;
  readonly text: string;
}

/** The messages of one .proto file, by their names without the package, in the order of the file. */
export interface ProtoMessages {
  readonly package: string;
  /** Undefined where the file has no such message. */
  indexesOf(name: string): MessageIndexes | undefined;
  nameOf(indexes: MessageIndexes): string | undefined;
  readonly first: string | undefined;
}

/**
 * Reads a file's own messages. Its imports are not needed for that.
 * @throws SerdeError (`SERDE_INVALID_SCHEMA`)
 */
export function protoMessages(text: string): ProtoMessages {
  const root = new Root();
  const packageName = parsed(text, root, false).package ?? "";
  const home = packageName === "" ? root : root.lookup(packageName);
  const names = new Map<string, MessageIndexes>();
  const byIndexes = new Map<string, string>();
  const walk = (parent: protobufjs.ReflectionObject | null, path: string, above: MessageIndexes): void => {
    if (!(parent instanceof Namespace)) return;
    let index = 0;
    for (const child of parent.nestedArray) {
      if (!(child instanceof Type)) continue;
      const name = path === "" ? child.name : `${path}.${child.name}`;
      const indexes = [...above, index++];
      names.set(name, indexes);
      byIndexes.set(indexes.join(), name);
      walk(child, name, indexes);
    }
  };
  walk(home, "", []);
  return {
    package: packageName,
    first: byIndexes.get("0"),
    indexesOf: (name) => names.get(name),
    nameOf: (indexes) => byIndexes.get(indexes.join()),
  };
}

/**
 * The message `name` (with its package) of a file, ready to be encoded and decoded. Well-known types need no import of the caller's.
 * @throws SerdeError (`SERDE_INVALID_SCHEMA`)
 */
export function protoType(text: string, name: string, imports: readonly ProtoImport[], keepCase: boolean): protobufjs.Type {
  const root = new Root();
  const pending = [parsed(text, root, keepCase)];
  const given = new Map(imports.map((file) => [file.name, file.text]));
  const seen = new Set<string>();
  for (let file = pending.pop(); file !== undefined; file = pending.pop()) {
    for (const imported of [...(file.imports ?? []), ...(file.weakImports ?? [])]) {
      if (seen.has(imported)) continue;
      seen.add(imported);
      const own = given.get(imported);
      const known = common.get(imported);
      // Files that only define options (annotations) may be missing: whether a type is, shows below.
      if (own !== undefined) pending.push(parsed(own, root, keepCase));
      else if (imported === anyFile) parsed(anyText, root, keepCase);
      else if (known !== null) root.addJSON(known.nested ?? {});
    }
  }
  try {
    root.resolveAll();
    return root.lookupType(name);
  } catch (cause) {
    throw invalid(cause);
  }
}

/**
 * protobufjs looks for long.js by itself. Where it finds none (it does not in a process started with `--conditions=import`, as some test runners are),
 * it rounds 64-bit integers without a word.
 */
function ensureExactLongs(): void {
  const { util, configure } = protobufjs;
  if (util.Long) return;
  util.Long = Long;
  configure();
}

function parsed(text: string, root: protobufjs.Root, keepCase: boolean): protobufjs.IParserResult {
  ensureExactLongs();
  try {
    return parse(text, root, { keepCase });
  } catch (cause) {
    throw invalid(cause);
  }
}

function invalid(cause: unknown): SerdeError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new SerdeError("SERDE_INVALID_SCHEMA", `this is not a usable Protobuf schema: ${reason}`, { cause });
}
