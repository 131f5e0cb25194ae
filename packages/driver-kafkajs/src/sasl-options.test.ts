import { inspect } from "node:util";
import kafkajsPackage from "kafkajs";
import { expect, test } from "vitest";
import { saslOptions } from "./sasl-options.ts";

const logger = new kafkajsPackage.Kafka({ brokers: ["a:1"], logLevel: kafkajsPackage.logLevel.NOTHING }).logger();

/** What is sent first, as text. */
async function firstMessage(sasl: Parameters<typeof saslOptions>[0]): Promise<string> {
  let sent = "";
  const authenticator = saslOptions(sasl).authenticationProvider({
    host: "a",
    port: 1,
    logger,
    saslAuthenticate: async ({ request }) => {
      sent = String(await request.encode());
      throw new Error("enough");
    },
  });
  await authenticator.authenticate().catch(() => undefined);
  return sent;
}

test("each mechanism sends what was asked for at that moment", async () => {
  expect(await firstMessage({ mechanism: "PLAIN", username: "user", password: async () => await Promise.resolve("hunter2") })).toContain(
    "\0user\0hunter2",
  );
  for (const mechanism of ["SCRAM-SHA-256", "SCRAM-SHA-512"] as const) {
    expect(await firstMessage({ mechanism, username: "us,er", password: "hunter2" })).toContain("n,,n=us=2Cer,r=");
  }
  const tokens = ["token-1", "token-2"];
  const sasl = { mechanism: "OAUTHBEARER", token: () => tokens.shift() ?? "", extensions: { tenant: "a" } } as const;
  expect(await firstMessage(sasl)).toContain("n,,\u0001auth=Bearer token-1\u0001tenant=a\u0001\u0001");
  expect(await firstMessage(sasl)).toContain("token-2");
});

test("the options of kafkajs show no secret", () => {
  const options = saslOptions({ mechanism: "PLAIN", username: "user", password: "hunter2" });
  expect(inspect(options, { showHidden: true, depth: 9 }) + JSON.stringify(options)).not.toContain("hunter2");
});
