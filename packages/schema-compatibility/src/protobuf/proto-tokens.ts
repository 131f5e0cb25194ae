import { InvalidSchemaError } from "../schema-error.ts";

/** One word, number, text or sign of a .proto text. */
export interface ProtoToken {
  readonly kind: "word" | "number" | "text" | "sign" | "end";
  /** As it is written; of a text, what it says. */
  readonly value: string;
  readonly offset: number;
}

/** With the names of the messages and the package in front of it. */
const longestName = 1_000;

const spacePattern = /\s+/y;
const tokenPattern =
  /(?<word>\.?[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*)|(?<number>0[xX][0-9a-fA-F]+|[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?|\.[0-9]+(?:[eE][+-]?[0-9]+)?)|(?<text>"[^"\\\n]*(?:\\.[^"\\\n]*)*"|'[^'\\\n]*(?:\\.[^'\\\n]*)*')|(?<sign>[{}()[\]<>=;,:+\-/.])/y;

/** Reads a .proto text token by token, and says where something is wrong. */
export class ProtoTokens {
  private readonly text: string;
  private readonly reference: string | undefined;
  private position = 0;
  private ahead: ProtoToken | undefined;

  constructor(text: string, reference: string | undefined) {
    this.text = text;
    this.reference = reference;
  }

  peek(): ProtoToken {
    this.ahead ??= this.read();
    return this.ahead;
  }

  next(): ProtoToken {
    const token = this.peek();
    if (token.kind !== "end") this.ahead = undefined;
    return token;
  }

  /** Takes the next token if it is this word or sign. */
  skip(value: string): boolean {
    const { kind, value: found } = this.peek();
    if ((kind !== "word" && kind !== "sign") || found !== value) return false;
    this.next();
    return true;
  }

  expect(value: string): void {
    if (!this.skip(value)) throw this.unexpected(`"${value}"`);
  }

  /** A name, `what` it names; with dots only where `isPath`. */
  name(what: string, isPath = false): string {
    const token = this.peek();
    if (token.kind !== "word" || (!isPath && token.value.includes("."))) throw this.unexpected(what);
    return this.next().value;
  }

  quotedText(what: string): string {
    if (this.peek().kind !== "text") throw this.unexpected(what);
    let result = "";
    while (this.peek().kind === "text") result += this.next().value;
    return result;
  }

  wholeNumber(what: string): number {
    const isNegative = this.skip("-");
    const token = this.peek();
    const value = /^0[0-7]+$/.test(token.value) ? Number.parseInt(token.value, 8) : Number(token.value);
    if (token.kind !== "number" || !Number.isInteger(value)) throw this.unexpected(what);
    this.next();
    return isNegative ? -value : value;
  }

  unexpected(wanted: string): InvalidSchemaError {
    const { kind, value } = this.peek();
    return this.invalid(`expected ${wanted}, found ${kind === "end" ? "the end" : JSON.stringify(value.slice(0, 100))}`);
  }

  /** An error at the next token, or at one that was read before. */
  invalid(problem: string, token: ProtoToken = this.peek()): InvalidSchemaError {
    const before = this.text.slice(0, token.offset);
    const line = before.split("\n").length;
    const path = `/${line}/${token.offset - before.lastIndexOf("\n")}`;
    return new InvalidSchemaError({ type: "PROTOBUF", problem, path, reference: this.reference });
  }

  private read(): ProtoToken {
    this.skipSpace();
    const offset = this.position;
    if (offset >= this.text.length) return { kind: "end", value: "", offset };
    tokenPattern.lastIndex = offset;
    const groups = tokenPattern.exec(this.text)?.groups;
    if (groups === undefined) {
      const token: ProtoToken = { kind: "sign", value: this.text[offset]!, offset };
      throw this.invalid(`${JSON.stringify(this.text.slice(offset, offset + 20))} is no part of the language`, token);
    }
    this.position = tokenPattern.lastIndex;
    if ((groups["word"]?.length ?? 0) > longestName)
      throw this.invalid(`a name is longer than ${longestName} characters`, { kind: "word", value: "", offset });
    const { word, number, text, sign } = groups;
    if (word !== undefined) return { kind: "word", value: word, offset };
    if (number !== undefined) return { kind: "number", value: number, offset };
    if (text !== undefined) return { kind: "text", value: text.slice(1, -1), offset };
    return { kind: "sign", value: sign!, offset };
  }

  /** White space and comments. */
  private skipSpace(): void {
    for (;;) {
      spacePattern.lastIndex = this.position;
      if (spacePattern.test(this.text)) this.position = spacePattern.lastIndex;
      if (this.text.startsWith("//", this.position)) {
        const end = this.text.indexOf("\n", this.position);
        this.position = end === -1 ? this.text.length : end;
      } else if (this.text.startsWith("/*", this.position)) {
        const end = this.text.indexOf("*/", this.position + 2);
        if (end === -1) throw this.invalid("the comment has no end", { kind: "sign", value: "/*", offset: this.position });
        this.position = end + 2;
      } else return;
    }
  }
}
