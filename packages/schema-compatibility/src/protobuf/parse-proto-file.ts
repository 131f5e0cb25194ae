import { type ProtoEnum, type ProtoField, type ProtoFile, type ProtoMessage, type ProtoType, scalarTypes } from "./proto-schema.ts";
import { ProtoTokens } from "./proto-tokens.ts";

/** Deeper nesting is taken for an attack on the stack. */
const deepest = 100;
const largestNumber = 2 ** 29 - 1;
const longestPackage = 255;

/**
 * Parses one .proto text of proto2, proto3 or an edition. Options, services, extensions and reserved ranges are read and left out, except that
 * reserved numbers and names may not be used.
 * @throws InvalidSchemaError (`INVALID_SCHEMA`)
 */
export function parseProtoFile(text: string, reference: string | undefined): ProtoFile {
  return new ProtoFileParser(new ProtoTokens(text, reference)).file();
}

interface MessageDraft {
  readonly name: string;
  readonly fullName: string;
  readonly fields: Map<number, ProtoField>;
  readonly fieldNames: Set<string>;
  readonly oneofs: Set<string>;
  readonly types: Map<string, ProtoType>;
  readonly reservedNames: Set<string>;
  readonly reservedRanges: [from: number, to: number][];
  isMapEntry: boolean;
  readonly isExtension: boolean;
}

class ProtoFileParser {
  private readonly tokens: ProtoTokens;
  private isProto3 = false;

  constructor(tokens: ProtoTokens) {
    this.tokens = tokens;
  }

  file(): ProtoFile {
    const { tokens } = this;
    const types = new Map<string, ProtoType>();
    const imports: string[] = [];
    let packageName = "";
    for (const keyword of ["syntax", "edition"]) {
      if (!tokens.skip(keyword)) continue;
      tokens.expect("=");
      const version = tokens.quotedText("a version");
      if (keyword === "syntax" && version !== "proto2" && version !== "proto3") throw tokens.invalid("the syntax must be proto2 or proto3");
      this.isProto3 = version !== "proto2";
      tokens.expect(";");
      break;
    }
    while (tokens.peek().kind !== "end") {
      if (tokens.skip(";")) continue;
      const keyword = tokens.name("a declaration");
      if (keyword === "package") {
        if (packageName !== "") throw tokens.invalid("there are two packages");
        packageName = tokens.name("the package's name", true);
        // A type's name is looked for in every part of it.
        if (packageName.length > longestPackage) throw tokens.invalid(`the package's name is longer than ${longestPackage} characters`);
        if (types.size > 0) throw tokens.invalid("the package must stand before the types");
        tokens.expect(";");
      } else if (keyword === "import") {
        for (const kind of ["public", "weak", "option"]) tokens.skip(kind);
        imports.push(tokens.quotedText("a path"));
        tokens.expect(";");
      } else if (keyword === "option") this.untilSemicolon();
      else if (keyword === "service") this.block("the service's name");
      else if (keyword === "extend") this.extension(packageName, types, 0);
      else if (keyword === "export" || keyword === "local") this.type(tokens.name("message or enum"), packageName, types, 0);
      else this.type(keyword, packageName, types, 0);
    }
    return { package: packageName, imports, types };
  }

  private type(keyword: string, outer: string, into: Map<string, ProtoType>, depth: number): void {
    if (keyword === "message") this.message(this.tokens.name("the message's name"), outer, into, depth);
    else if (keyword === "enum") this.enumeration(outer, into);
    else throw this.tokens.invalid(`${JSON.stringify(keyword.slice(0, 100))} begins no declaration`);
  }

  private enter(type: ProtoType, into: Map<string, ProtoType>): void {
    if (into.has(type.name)) throw this.tokens.invalid(`${type.name} is declared twice`);
    into.set(type.name, type);
  }

  private enumeration(outer: string, into: Map<string, ProtoType>): void {
    const { tokens } = this;
    const name = tokens.name("the enum's name");
    const type: ProtoEnum = { kind: "enum", name, fullName: qualified(outer, name) };
    this.enter(type, into);
    tokens.expect("{");
    const constants = new Set<string>();
    while (!tokens.skip("}")) {
      if (tokens.skip(";")) continue;
      const constant = tokens.name("a constant");
      if (constant === "option" && tokens.peek().value !== "=") this.untilSemicolon();
      else if (constant === "reserved" && tokens.peek().value !== "=") this.untilSemicolon();
      else {
        if (constants.has(constant)) throw tokens.invalid(`the constant ${constant} is there twice`);
        constants.add(constant);
        tokens.expect("=");
        const value = tokens.wholeNumber("the constant's number");
        if (value < -(2 ** 31) || value >= 2 ** 31) throw tokens.invalid("the number of a constant must have 32 bits");
        if (constants.size === 1 && this.isProto3 && value !== 0) throw tokens.invalid("the first constant of an enum must be 0");
        this.fieldOptions();
        tokens.expect(";");
      }
    }
    if (constants.size === 0) throw tokens.invalid(`enum ${name} needs a constant`);
  }

  private message(name: string, outer: string, into: Map<string, ProtoType>, depth: number): void {
    const { tokens } = this;
    if (depth > deepest) throw tokens.invalid(`nested deeper than ${deepest}`);
    const draft = emptyDraft(name, qualified(outer, name), new Map(), false);
    tokens.expect("{");
    while (!tokens.skip("}")) this.member(draft, depth);
    const reserved = reservedField(draft);
    if (reserved !== undefined) throw tokens.invalid(`field ${reserved.name} of ${name} uses a reserved name or number`);
    const { fields, oneofs, types, isMapEntry } = draft;
    const message: ProtoMessage = { kind: "message", name, fullName: draft.fullName, fields, oneofs, types, isMapEntry };
    this.enter(message, into);
  }

  private member(draft: MessageDraft, depth: number): void {
    const { tokens } = this;
    if (tokens.skip(";")) return;
    const word = tokens.name("a field", true);
    // A field may be of a type that is called like one of these words: then no name or sign of theirs follows.
    const followed = tokens.peek();
    if ((word === "message" || word === "enum") && followed.kind === "word") this.type(word, draft.fullName, draft.types, depth + 1);
    else if ((word === "export" || word === "local") && /^(message|enum)$/.test(followed.value)) this.member(draft, depth);
    else if (word === "oneof") this.oneof(draft, depth);
    else if (word === "option") {
      if (followed.value === "map_entry") draft.isMapEntry = true;
      this.untilSemicolon();
    } else if (word === "extensions") this.untilSemicolon();
    else if (word === "reserved") this.reserved(draft);
    else if (word === "extend") this.extension(draft.fullName, draft.types, depth + 1);
    else if (word === "map" && followed.value === "<") this.mapField(draft);
    else if (word === "optional" || word === "required" || word === "repeated") {
      if (word === "required" && this.isProto3) throw tokens.invalid("proto3 has no required fields");
      this.field(draft, tokens.name("a type", true), word, undefined, depth);
    } else {
      if (!this.isProto3) throw tokens.invalid("a field of proto2 needs a label");
      this.field(draft, word, undefined, undefined, depth);
    }
  }

  private oneof(draft: MessageDraft, depth: number): void {
    const { tokens } = this;
    const name = tokens.name("the oneof's name");
    if (draft.oneofs.has(name)) throw tokens.invalid(`the oneof ${name} is there twice`);
    draft.oneofs.add(name);
    tokens.expect("{");
    while (!tokens.skip("}")) {
      if (tokens.skip(";")) continue;
      const type = tokens.name("a field", true);
      if (type === "option") this.untilSemicolon();
      else if (/^(optional|required|repeated)$/.test(type)) throw tokens.invalid("a field of a oneof has no label");
      else this.field(draft, type, undefined, name, depth);
    }
  }

  private mapField(draft: MessageDraft): void {
    const { tokens } = this;
    tokens.expect("<");
    const key = tokens.name("the keys' type");
    if (!scalarTypes.has(key) || /^(float|double|bytes)$/.test(key))
      throw tokens.invalid("a map's keys must be whole numbers, texts or booleans");
    tokens.expect(",");
    const value = tokens.name("the values' type", true);
    tokens.expect(">");
    this.rest(draft, { key, value }, "repeated", undefined);
  }

  private field(draft: MessageDraft, type: string, label: ProtoField["label"], oneof: string | undefined, depth: number): void {
    if (type !== "group") {
      this.rest(draft, type, label, oneof);
      return;
    }
    const { tokens } = this;
    const name = tokens.name("the group's name");
    const number = this.number(draft);
    this.fieldOptions();
    this.message(name, draft.fullName, draft.types, depth + 1);
    this.add(draft, { name: name.toLowerCase(), number, label, type: name, oneof });
  }

  private rest(
    draft: MessageDraft,
    type: string | { key: string; value: string },
    label: ProtoField["label"],
    oneof: string | undefined,
  ): void {
    const name = this.tokens.name("the field's name");
    const number = this.number(draft);
    this.fieldOptions();
    this.tokens.expect(";");
    this.add(draft, { name, number, label, type, oneof });
  }

  private number({ isExtension }: MessageDraft): number {
    const { tokens } = this;
    tokens.expect("=");
    const number = tokens.wholeNumber("the field's number");
    // The numbers of extensions of message sets have no such limits.
    if (isExtension) return number;
    if (number < 1 || number > largestNumber || (number >= 19_000 && number < 20_000)) {
      throw tokens.invalid(`a field's number must be from 1 to ${largestNumber}, and not from 19000 to 19999`);
    }
    return number;
  }

  private add(draft: MessageDraft, field: ProtoField): void {
    if (draft.fields.has(field.number)) throw this.tokens.invalid(`the number ${field.number} is there twice in ${draft.name}`);
    if (draft.fieldNames.has(field.name)) throw this.tokens.invalid(`the field ${field.name} is there twice in ${draft.name}`);
    draft.fieldNames.add(field.name);
    draft.fields.set(field.number, field);
  }

  private reserved(draft: MessageDraft): void {
    const { tokens } = this;
    do {
      const { kind } = tokens.peek();
      if (kind === "text") draft.reservedNames.add(tokens.quotedText("a name"));
      else if (kind === "word") draft.reservedNames.add(tokens.name("a name"));
      else {
        const from = tokens.wholeNumber("a number");
        const isRange = tokens.skip("to");
        const to = isRange ? (tokens.skip("max") ? largestNumber : tokens.wholeNumber("a number")) : from;
        draft.reservedRanges.push([from, to]);
      }
    } while (tokens.skip(","));
    tokens.expect(";");
  }

  /** Fields that another message gets: they do not count, but groups among them are types. */
  private extension(outer: string, into: Map<string, ProtoType>, depth: number): void {
    const { tokens } = this;
    const draft = emptyDraft(tokens.name("a message", true), outer, into, true);
    tokens.expect("{");
    while (!tokens.skip("}")) this.member(draft, depth);
  }

  /** Skips a name and what stands in braces after it. */
  private block(what: string): void {
    this.tokens.name(what);
    if (this.tokens.peek().value !== "{") throw this.tokens.unexpected('"{"');
    this.balanced();
  }

  private fieldOptions(): void {
    if (this.tokens.peek().value === "[" && this.tokens.peek().kind === "sign") this.balanced();
  }

  private untilSemicolon(): void {
    while (!this.tokens.skip(";")) this.balanced();
  }

  /** Skips one token, or what stands in brackets. */
  private balanced(): void {
    const { tokens } = this;
    const open: string[] = [];
    do {
      const { kind, value } = tokens.peek();
      if (kind === "end") throw tokens.unexpected("an end of what was opened");
      const close = kind === "sign" ? closing[value] : undefined;
      if (close !== undefined) open.push(close);
      else if (kind === "sign" && /[)\]}]/.test(value) && open.pop() !== value) throw tokens.unexpected("something else");
      tokens.next();
    } while (open.length > 0);
  }
}

/** A field whose name or number is reserved, found in one pass over both in order of their numbers. */
function reservedField({ fields, reservedNames, reservedRanges }: MessageDraft): ProtoField | undefined {
  const ranges = reservedRanges.toSorted(([one], [other]) => one - other);
  let next = 0;
  let reservedTo = 0;
  return [...fields.values()]
    .toSorted((one, other) => one.number - other.number)
    .find(({ name, number }) => {
      for (; next < ranges.length && ranges[next]![0] <= number; next++) reservedTo = Math.max(reservedTo, ranges[next]![1]);
      return number <= reservedTo || reservedNames.has(name);
    });
}

function emptyDraft(name: string, fullName: string, types: Map<string, ProtoType>, isExtension: boolean): MessageDraft {
  return {
    name,
    fullName,
    fields: new Map(),
    fieldNames: new Set(),
    oneofs: new Set(),
    types,
    reservedNames: new Set(),
    reservedRanges: [],
    isMapEntry: false,
    isExtension,
  };
}

const closing: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" };

function qualified(outer: string, name: string): string {
  return outer === "" ? name : `${outer}.${name}`;
}
