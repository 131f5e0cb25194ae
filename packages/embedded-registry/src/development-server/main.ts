#!/usr/bin/env node
import { runDevelopmentServer } from "./run-development-server.ts";

/** `embedded-registry`: the first Ctrl-C stops the server tidily, a second one at once. */
const stopped = new Promise<void>((resolve) => {
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
});
// Who read the start-up page may be gone long before the server is: what is said to nobody is not worth stopping for.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
process.exitCode = await runDevelopmentServer(process.argv.slice(2), {
  write: (text) => process.stdout.write(text),
  writeError: (text) => process.stderr.write(text),
  stopped,
});
