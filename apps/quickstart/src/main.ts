import { AbortedError, createLogger, formatLogfmt, MillraceError } from "@millrace/core";
import { parseArguments, UsageError, usage } from "./arguments.ts";
import { runJob } from "./job.ts";
import { createReport, renderSummary } from "./report.ts";

const exitCodes = { fine: 0, wrong: 1, badInput: 2, interrupted: 130 } as const;

process.exitCode = await main(process.argv.slice(2));

async function main(words: readonly string[]): Promise<number> {
  const stop = new AbortController();
  const onSignal = (): void => {
    if (stop.signal.aborted) process.exit(exitCodes.interrupted);
    stop.abort();
  };
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  // Whoever reads may go away (`pnpm demo | head`); the job goes on, and `print` tells of the rest.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
  try {
    const job = parseArguments(words);
    if (job === "help") {
      await print(usage);
      return exitCodes.fine;
    }
    const report = createReport(process.stderr);
    const logger = createLogger({ level: "warn", write: (entry) => report.step(formatLogfmt(entry)) });
    const { summary, malformed } = await runJob({ job, report, logger, signal: stop.signal });
    if (summary === undefined) return exitCodes.wrong;
    await print(job.json ? JSON.stringify({ ...summary, malformedLines: malformed.length }) : renderSummary(summary));
    if (summary.missing !== 0 || summary.outOfOrder !== 0) return exitCodes.wrong;
    if (malformed.length === 0) return exitCodes.fine;
    report.step(
      malformed.length === 1
        ? "1 line of the input is no delivery, and was not sent"
        : `${malformed.length} lines of the input are no deliveries, and were not sent`,
    );
    return exitCodes.badInput;
  } catch (error) {
    if (AbortedError.is(error) && stop.signal.aborted) {
      process.stderr.write("Interrupted; run it again to go on.\n");
      return exitCodes.interrupted;
    }
    if (error instanceof UsageError || MillraceError.is(error)) {
      process.stderr.write(`${error.message}\n`);
      return exitCodes.badInput;
    }
    throw error;
  } finally {
    process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
  }
}

function print(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(`${text}\n`, (error) => {
      if (error === undefined || error === null || (error as NodeJS.ErrnoException).code === "EPIPE") resolve();
      else reject(new UsageError(`cannot write to standard output: ${(error as NodeJS.ErrnoException).code ?? error.message}`));
    });
  });
}
