#!/usr/bin/env node
import { avroTypesCommand } from "./avro-types-command.ts";

// Who reads the output may stop reading it, as `head` does.
process.stdout.on("error", () => undefined);
process.exitCode = await avroTypesCommand(process.argv.slice(2), {
  out: (text) => process.stdout.write(text),
  error: (text) => process.stderr.write(text),
});
