import { z } from "zod";
import { type ConfigSection, defineSection } from "../../src/config-section.ts";

interface RegistrySettings {
  readonly url: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly token?: string | undefined;
}

/** A small section with secrets in it, to stand beside others. */
export const schemaRegistry: ConfigSection<RegistrySettings, "schemaRegistry"> = defineSection({
  name: "schemaRegistry",
  schema: z.strictObject({
    url: z
      .string("must be text")
      .refine((url) => /^https?:\/\/[^@?#]+$/.test(url), "must be an address without a user, such as http://127.0.0.1:8081")
      .meta({ description: "the registry's address, such as http://127.0.0.1:8081" }),
    username: z.string().optional(),
    password: z.string().optional(),
    token: z.string().optional(),
  }),
  presets: { development: { url: "http://127.0.0.1:8081" } },
  *rules({ username, password, url, token }) {
    if (password !== undefined && username === undefined) yield { path: "username", message: "is required, because password is set" };
    if (token !== undefined && password !== undefined) yield { path: "token", message: "must not be set beside username and password" };
    if (token !== undefined && url?.startsWith("http:") === true)
      yield { path: "url", message: "sends the credentials in the clear", severity: "warning" };
  },
});
