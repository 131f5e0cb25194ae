import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { kebabCase, type MessageDefinition, parseDefinition, parseVersions } from "./definition.ts";
import { readJsonFiles } from "./jar.ts";
import { renderInterfaces } from "./render-interfaces.ts";
import { renderSchema } from "./render-schemas.ts";

const usage = "usage: node tooling/protocol/src/main.ts --jar kafka-clients-X.jar --slf4j slf4j-api-Y.jar";
const { values } = parseArgs({ options: { jar: { type: "string" }, slf4j: { type: "string" } } });
if (values.jar === undefined || values.slf4j === undefined) throw new Error(usage);

const root = join(import.meta.dirname, "../../..");
const target = join(root, "packages/protocol/src/generated");
const notice = "// Written by tooling/protocol from the message definitions in Apache Kafka's client jar. Do not edit.\n";

/** Messages that travel inside other messages or records. */
const embedded = ["ConsumerProtocolAssignment", "ConsumerProtocolSubscription", "ControlRecordTypeSchema", "EndTxnMarker"];

const definitions = new Map<string, MessageDefinition>();
for (const text of readJsonFiles(values.jar, "common/message/").values()) {
  const definition = parseDefinition(text);
  definitions.set(definition.name, definition);
}

const requests = [...definitions.values()]
  .filter((message) => message.type === "request" && message.listeners?.includes("broker") === true)
  .sort((left, right) => Number(left.apiKey) - Number(right.apiKey));

rmSync(target, { recursive: true, force: true });
mkdirSync(join(target, "messages"), { recursive: true });
writeApiTable();
writeSchemas();
writeInterfaces();
writeErrorTable(values.jar, values.slf4j);

function definitionOf(name: string): MessageDefinition {
  const definition = definitions.get(name);
  if (definition === undefined) throw new Error(`the jar has no message ${name}`);
  return definition;
}

function apiNameOf(request: MessageDefinition): string {
  return request.name.replace(/Request$/, "");
}

function write(file: string, text: string): void {
  writeFileSync(join(target, file), notice + text);
}

function writeApiTable(): void {
  const rows = requests.map((request) => {
    const name = apiNameOf(request);
    const valid = parseVersions(request.validVersions);
    const unstable = request.latestVersionUnstable === true;
    const last = Number(valid?.[1]);
    const flexible = parseVersions(request.flexibleVersions)?.[0];
    return `  ${name}: { name: "${name}", key: ${request.apiKey}, minVersion: ${valid?.[0]}, maxVersion: ${unstable ? last - 1 : last}, latestVersionUnstable: ${unstable}, flexibleFrom: ${flexible} },\n`;
  });
  const keys = requests.map((request) => `  ${apiNameOf(request)}: ${request.apiKey},\n`);
  write(
    "api-table.ts",
    `import type { ApiDescriptor, ApiName } from "../api.ts";\n\n/** API keys by name. */\nexport const apiKeys = {\n${keys.join("")}} as const;\n\nexport const apiTable: Readonly<Record<ApiName, ApiDescriptor>> = {\n${rows.join("")}};\n`,
  );
}

function writeSchemas(): void {
  const messages = [
    ...requests.flatMap((request) => [request, definitionOf(`${apiNameOf(request)}Response`)]),
    ...embedded.map((name) => definitionOf(name)),
  ];
  write(
    "schema-table.ts",
    `import type { MessageSchema } from "../message/message-schema.ts";\n\nexport const schemaTable: Readonly<Record<string, () => MessageSchema>> = {\n${messages.map(renderSchema).join("")}};\n`,
  );
}

function writeInterfaces(): void {
  const imports: string[] = [];
  const requestRows: string[] = [];
  const responseRows: string[] = [];
  const embeddedRows: string[] = [];
  for (const request of requests) {
    const name = apiNameOf(request);
    const file = `messages/${kebabCase(name)}.ts`;
    write(file, `${renderInterfaces(request)}\n${renderInterfaces(definitionOf(`${name}Response`))}`);
    imports.push(`import type { ${name}Request, ${name}Response } from "./${file}";\n`);
    requestRows.push(`  ${name}: ${name}Request;\n`);
    responseRows.push(`  ${name}: ${name}Response;\n`);
  }
  for (const name of embedded) {
    const file = `messages/${kebabCase(name)}.ts`;
    write(file, renderInterfaces(definitionOf(name)));
    imports.push(`import type { ${name} } from "./${file}";\n`);
    embeddedRows.push(`  ${name}: ${name};\n`);
  }
  write(
    "message-types.ts",
    `${imports.sort().join("")}
/** The body of each request by API name; it holds the fields of all versions. */
export interface RequestTypes {
${requestRows.join("")}}

/** The body of each response by API name; it holds the fields of all versions. */
export interface ResponseTypes {
${responseRows.join("")}}

/** The messages that travel inside requests, responses and records. */
export interface EmbeddedMessageTypes {
${embeddedRows.join("")}}
`,
  );
}

function writeErrorTable(jar: string, slf4j: string): void {
  const program = join(import.meta.dirname, "../java/ErrorTable.java");
  const lines = execFileSync("java", ["-cp", `${jar}:${slf4j}`, program], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] })
    .trim()
    .split("\n")
    .map((line) => line.split(" "));
  const codes = lines.map(([name, code]) => `  ${name}: ${code},\n`);
  const retriable = lines.filter(([, , flag]) => flag === "true").map(([, code]) => code);
  write(
    "error-table.ts",
    `/** Kafka's error codes by name. \`NONE\` is 0. */\nexport const errorCodes = {\n${codes.join("")}} as const;\n\nexport const retriableErrorCodes: readonly number[] = [${retriable.join(", ")}];\n`,
  );
}
