/** One thing of a .proto file: a text in quotes, a name or number, or a sign. Comments and white space are left out. */
const token = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|[\w.+-]+|[^\s\w]/g;
const comment = /("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;

function tokens(text: string): readonly string[] {
  return text.replace(comment, (_match, literal: string | undefined) => literal ?? " ").match(token) ?? [];
}

/** Equal for texts that differ only in comments and white space. */
export function protobufIdentity(text: string): string {
  return tokens(text).join(" ");
}

/** The text without comments, a statement on each line, blocks indented; imports in order. */
export function normalProtobuf(text: string): string {
  const lines: string[] = [];
  let line: string[] = [];
  let depth = 0;
  const end = (): void => {
    if (line.length > 0) lines.push(`${"  ".repeat(Math.max(0, depth))}${join(line)}`);
    line = [];
  };
  for (const part of tokens(text)) {
    if (part === "}") {
      end();
      depth--;
    }
    line.push(part);
    if (part === "{") {
      end();
      depth++;
    } else if (part === ";" || part === "}") end();
  }
  end();
  const isImport = (text: string): boolean => text.startsWith("import ");
  const imports = lines.filter(isImport).sort();
  const others = lines.filter((text) => !isImport(text));
  const header = others.findIndex((text) => !/^(?:syntax|edition|package)\b/.test(text));
  const at = header === -1 ? others.length : header;
  return `${[...others.slice(0, at), ...imports, ...others.slice(at)].join("\n")}\n`;
}

function join(parts: readonly string[]): string {
  return parts
    .join(" ")
    .replaceAll(/ ([;,\])>])/g, "$1")
    .replaceAll(/([[(<]) /g, "$1")
    .replaceAll(" <", "<");
}
