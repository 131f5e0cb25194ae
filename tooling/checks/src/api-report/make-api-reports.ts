import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CompilerState,
  Extractor,
  ExtractorConfig,
  type ExtractorLogLevel,
  type ExtractorMessage,
  type IExtractorConfigPrepareOptions,
} from "@microsoft/api-extractor";
import type { Manifest } from "../model/workspace.ts";
import { type ApiEntry, apiEntries } from "./api-entries.ts";

// The library's own names for these are a constant enumeration, which cannot be imported.
const error = "error" as ExtractorLogLevel;
const none = "none" as ExtractorLogLevel;

/** What the users of one entry of a package see. */
export interface ApiReport {
  readonly noun: string;
  /** Where it is kept, from the root. */
  readonly path: string;
  readonly text: string;
  /** What is wrong with the API itself, one sentence each. */
  readonly problems: readonly string[];
}

/** Makes the reports of built packages from their declarations. `nouns` are the names of their folders below `packages` in `root`. */
export async function makeApiReports(root: string, nouns: readonly string[]): Promise<ApiReport[]> {
  const output = await mkdtemp(join(tmpdir(), "millrace-api-"));
  try {
    await mkdir(join(output, "kept"));
    const entries = await Promise.all(nouns.map((noun) => entriesOf(root, noun)));
    const configs = entries.flat().map((entry) => ({ ...entry, config: ExtractorConfig.prepare(settings(root, entry, output)) }));
    if (configs.length === 0) return [];
    // One compilation for all: most of the time goes into reading Node's types.
    const compilerState = CompilerState.create(configs[0]!.config, {
      additionalEntryPoints: configs.map(({ config }) => config.mainEntryPointFilePath),
    });
    const reports: ApiReport[] = [];
    const exportedByMain = new Map<string, string>();
    for (const { noun, entry, config } of configs) {
      const problems: string[] = [];
      Extractor.invoke(config, {
        compilerState,
        localBuild: true,
        messageCallback: (message) => {
          message.handled = true;
          const problem = problemOf(message, exportedByMain.get(noun) ?? "");
          if (problem !== undefined) problems.push(problem);
        },
      });
      const text = await readFile(config.reportTempFilePath, "utf8");
      if (entry.subpath === ".") exportedByMain.set(noun, text);
      reports.push({ noun, path: `packages/${noun}/${entry.report}`, text, problems });
    }
    return reports;
  } finally {
    await rm(output, { recursive: true, force: true });
  }
}

interface PackageEntry {
  readonly noun: string;
  readonly folder: string;
  readonly entry: ApiEntry;
}

async function entriesOf(root: string, noun: string): Promise<PackageEntry[]> {
  const folder = join(root, "packages", noun);
  const manifest = JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as Manifest;
  return apiEntries(noun, manifest).map((entry) => ({ noun, folder, entry }));
}

function settings(root: string, { folder, entry }: PackageEntry, output: string): IExtractorConfigPrepareOptions {
  return {
    configObjectFullPath: undefined,
    packageJsonFullPath: join(folder, "package.json"),
    configObject: {
      projectFolder: folder,
      mainEntryPointFilePath: join(folder, entry.declarations),
      compiler: {
        overrideTsconfig: {
          compilerOptions: {
            target: "es2024",
            lib: ["es2024", "esnext.disposable"],
            module: "nodenext",
            strict: true,
            skipLibCheck: true,
            types: ["node"],
            typeRoots: [join(root, "node_modules", "@types")],
          },
          files: [entry.declarations],
        },
      },
      apiReport: {
        enabled: true,
        reportFileName: entry.report.replace("etc/", ""),
        reportFolder: join(output, "kept"),
        reportTempFolder: join(output, "made"),
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      newlineKind: "lf",
      messages: {
        compilerMessageReporting: { default: { logLevel: error } },
        extractorMessageReporting: {
          default: { logLevel: error },
          // What is not meant for users is not exported: no release tags.
          "ae-missing-release-tag": { logLevel: none },
          "ae-undocumented": { logLevel: none },
        },
        // The formatter and the check of documented exports look at comments.
        tsdocMessageReporting: { default: { logLevel: none } },
      },
    },
  };
}

/** What a message of the extractor means here; undefined if it is of no interest. */
function problemOf(message: ExtractorMessage, exportedByMain: string): string | undefined {
  if (message.logLevel !== error) return undefined;
  const file = message.sourceFilePath?.replace(/^.*\/packages\//, "packages/");
  const where = file === undefined ? "" : ` (${file}:${message.sourceFileLine})`;
  const forgotten = message.messageId === "ae-forgotten-export" ? /^The symbol "([^"]+)"/.exec(message.text)?.[1] : undefined;
  if (forgotten === undefined) return `${message.text}${where}`;
  // Wire messages are reached by name through tables such as RequestTypes, which are generated with them.
  if (file?.includes("/src/generated/") === true) return undefined;
  // A second entry may speak of what the main one exports.
  if (
    new RegExp(`^export (?:abstract )?(?:class|const|function|interface|type) ${forgotten}\\b|^export \\{.*\\b${forgotten} \\}`, "m").test(
      exportedByMain,
    )
  )
    return undefined;
  return `${forgotten} is part of the API but not exported${where}: export it, or keep it out of signatures`;
}
