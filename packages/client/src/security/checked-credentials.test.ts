import { inspect } from "node:util";
import { expect, test } from "vitest";
import { checkedCredentials } from "./checked-credentials.ts";

test("credentials are asked for each time, and nothing shows what they are", async () => {
  const tokens = ["hunter1", "hunter2"];
  const byToken = checkedCredentials({ mechanism: "OAUTHBEARER", token: () => tokens.shift() ?? "", extensions: { tenant: "a" } });
  if (byToken.mechanism !== "OAUTHBEARER") throw new Error("another mechanism");
  expect([await byToken.token(), await byToken.token()]).toEqual(["hunter1", "hunter2"]);
  expect(byToken.extensions).toEqual({ tenant: "a" });
  const byPassword = checkedCredentials({ mechanism: "PLAIN", username: "user", password: "hunter2" });
  if (byPassword.mechanism === "OAUTHBEARER") throw new Error("another mechanism");
  expect([await byPassword.username(), await byPassword.password()]).toEqual(["user", "hunter2"]);
  expect(inspect(byPassword, { showHidden: true, depth: 9 }) + JSON.stringify(byPassword)).not.toContain("hunter2");
});

test.each([
  [() => Promise.reject(new Error("no network.")), 'The function "sasl.token" failed: no network.'],
  [() => "", 'The function "sasl.token" gave an empty text.'],
  [() => 7, 'The function "sasl.token" gave no text but number.'],
])("a function that gives no token fails, and may succeed later", async (token, message) => {
  const credentials = checkedCredentials({ mechanism: "OAUTHBEARER", token: token as () => string });
  if (credentials.mechanism !== "OAUTHBEARER") throw new Error("another mechanism");
  await expect(credentials.token()).rejects.toMatchObject({ code: "KAFKA_AUTHENTICATION_FAILED", retryable: true, message });
});
