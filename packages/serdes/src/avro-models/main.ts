#!/usr/bin/env node
import { avroTypesCommand } from "./avro-types-command.ts";

process.exitCode = await avroTypesCommand(process.argv.slice(2), {
  out: (text) => process.stdout.write(text),
  error: (text) => process.stderr.write(text),
});
