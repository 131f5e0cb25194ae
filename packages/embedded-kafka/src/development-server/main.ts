#!/usr/bin/env node
import { runDevelopmentServer } from "./run-development-server.ts";

/** `embedded-kafka`: the first Ctrl-C stops the server tidily, a second one at once. */
const stopped = new Promise<void>((resolve) => {
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
});
process.exitCode = await runDevelopmentServer(process.argv.slice(2), {
  write: (text) => process.stdout.write(text),
  writeError: (text) => process.stderr.write(text),
  stopped,
});
