import { InvalidOptionsError } from "@millrace/core";
import { ListenError } from "../listen-error.ts";
import { type EmbeddedKafka, startEmbeddedKafka } from "../start-embedded-kafka.ts";
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
    writeError(`${problems.map((problem) => `embedded-kafka: ${problem}`).join("\n")}\n`);
    return cannotStart;
  };
  if (command.kind === "refuse") return refuse([...command.problems, "--help says what there is"]);
  let broker: EmbeddedKafka;
  try {
    broker = await startEmbeddedKafka(command.options);
  } catch (error) {
    if (InvalidOptionsError.is(error)) return refuse(error.problems);
    if (ListenError.is(error)) return refuse([listenProblem(error)]);
    throw error;
  }
  write(startUpPage(broker, command.options));
  await stopped;
  await broker.close();
  write("\nEmbedded Kafka has stopped.\n");
  return done;
}

function listenProblem({ host, port, cause, message }: ListenError): string {
  const { code } = (cause ?? {}) as NodeJS.ErrnoException;
  if (code === "EADDRINUSE")
    return `port ${port} of ${host} is taken by another process; choose another one with --port, or 0 for a free one`;
  if (code === "EACCES") return `port ${port} of ${host} may not be used by this user; choose another one with --port`;
  return message;
}
