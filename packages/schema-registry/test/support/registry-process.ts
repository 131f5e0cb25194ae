import { startEmbeddedRegistry } from "@millrace/embedded-registry";

/** A registry in a process of its own, to be killed: `registry-process.ts <port>`. Says `ready <port>`, then each request. */
const registry = await startEmbeddedRegistry({
  port: Number(process.argv[2]),
  intercept({ method, url }) {
    process.stdout.write(`${method} ${url}\n`);
    return undefined;
  },
});
process.stdout.write(`ready ${registry.port}\n`);
