import { z } from "zod";
import { type ConfigSection, defineSection } from "./config-section.ts";
import { wholeNumber } from "./number-setting.ts";

/** How messages are written and handed over: the values of the section `messages`. */
export interface MessageOptions {
  /** The name of a format, for `createFormats` of `@millrace/serdes/formats`. @default "json" */
  readonly format: string;
  /** Most messages that are handed over at once, for `splitMessages` of `@millrace/kafka`. @default 100 */
  readonly maxMessages: number;
  /** Most bytes that are handed over at once. @default 1_048_576 */
  readonly maxBytes: number;
}

/** The section `messages`. Variables: KAFKA_MESSAGES_FORMAT and so on. */
export const messages: ConfigSection<MessageOptions, "messages"> = defineSection({
  name: "messages",
  schema: z.strictObject({
    format: z
      .string("must be text")
      .regex(/^[a-z][a-z0-9_-]{0,63}$/i, "must be the name of a format, such as json")
      .default("json")
      .meta({ description: "the format that messages are written in" }),
    maxMessages: wholeNumber({ least: 1 }, "most messages that are handed over at once").default(100),
    maxBytes: wholeNumber({ least: 1 }, "most bytes that are handed over at once").default(1_048_576),
  }),
});
