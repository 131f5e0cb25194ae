import { InvalidOptionsError } from "@millrace/core";
import { type EmbeddedRegistry, startEmbeddedRegistry } from "../embedded-registry.ts";
import { EmbeddedRegistryError } from "../embedded-registry-error.ts";
import { parseArguments } from "./parse-arguments.ts";
import { helpPage, startUpPage } from "./start-up-page.ts";

/** What the server needs of the process that it is. */
export interface ServerProcess {
  readonly write: (text: string) => void;
  readonly writeError: (text: string) => void;
  /** Resolves when the server is to stop. */
  readonly stopped: Promise<unknown>;
}

const done = 0;
const cannotStart = 2;

/** Runs the development server until it is stopped. Gives the exit code: 0, or 2 when it could not start, with the reason on `writeError`. */
export async function runDevelopmentServer(commandLine: readonly string[], { write, writeError, stopped }: ServerProcess): Promise<number> {
  const command = parseArguments(commandLine);
  if (command.kind === "help") {
    write(helpPage);
    return done;
  }
  const refuse = (problems: readonly string[]): number => {
    writeError(`${problems.map((problem) => `embedded-registry: ${problem}`).join("\n")}\n`);
    return cannotStart;
  };
  if (command.kind === "refuse") return refuse([...command.problems, "--help says what there is"]);
  let registry: EmbeddedRegistry;
  try {
    registry = await startEmbeddedRegistry(command.options);
  } catch (error) {
    if (InvalidOptionsError.is(error)) return refuse(error.problems);
    if (EmbeddedRegistryError.is(error)) return refuse([`${error.message}; choose another port with --port, or 0 for a free one`]);
    throw error;
  }
  write(startUpPage(registry));
  await stopped;
  await registry.close();
  write("\nEmbedded schema registry has stopped.\n");
  return done;
}
