import { z } from "zod";
import { type ConfigSection, defineSection } from "../config-section.ts";
import type { ValidatorPolicy } from "./validator-result.ts";

/** How validators judge: the values of the section `validation`, for `createValidator(config.validation)`. */
export interface ValidationSettings {
  /** @default "warn", in the presets `staging`, `production` and `high-security` "block" */
  readonly policy: ValidatorPolicy;
  /** Contexts whose policy is another one. In the presets `staging` and `production`, doubts about messages are told of and let pass. */
  readonly policies?:
    | {
        readonly bootstrap_servers?: ValidatorPolicy | undefined;
        readonly kafka_credentials?: ValidatorPolicy | undefined;
        readonly producer_config?: ValidatorPolicy | undefined;
        readonly message_content?: ValidatorPolicy | undefined;
      }
    | undefined;
}

const policy = z.enum(["warn", "block"], 'must be "warn" or "block"');
const about = (what: string): { readonly description: string } => ({
  description: `"warn" lets doubts about ${what} pass, "block" refuses`,
});

const schema = z.strictObject({
  policy: policy.default("warn").meta(about("data")),
  policies: z
    .strictObject({
      bootstrap_servers: policy.optional().meta(about("servers")),
      kafka_credentials: policy.optional().meta(about("logins")),
      producer_config: policy.optional().meta(about("producers' settings")),
      message_content: policy.optional().meta(about("messages")),
    })
    .optional(),
});

/** The section `validation`. Variables: KAFKA_VALIDATION_POLICY, KAFKA_VALIDATION_POLICIES_MESSAGE_CONTENT and so on. */
export const validation: ConfigSection<ValidationSettings, "validation"> = defineSection({
  name: "validation",
  schema,
  presets: {
    development: { policy: "warn" },
    // What looks like code in a message is often somebody's text.
    staging: { policy: "block", policies: { message_content: "warn" } },
    production: { policy: "block", policies: { message_content: "warn" } },
    "high-security": { policy: "block" },
  },
});
