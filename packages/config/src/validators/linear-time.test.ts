import { expect, test } from "vitest";
import { validateBootstrapServers } from "./bootstrap-servers.ts";
import { validateCredentials } from "./credentials.ts";
import { validateMessageContent } from "./message-content.ts";
import { validateProducerConfig } from "./producer-config.ts";
import { validateTopicNames } from "./topic-names.ts";

/** Pieces of texts over which patterns that go back would stumble. */
const pieces = [
  "a",
  " ",
  "<script",
  "<script >",
  "</script",
  "rm -",
  "rm -r ",
  "rm -i -",
  "%25",
  "%2525",
  "\\",
  "\\u{",
  "\\u0",
  "&#x6",
  "&amp;",
  "&amp;amp;",
  "\u200b",
  "\uff41",
  "a\u0315\u0300\u05ae",
  "\u{1d41a}",
  "\ufdfa",
  "password",
  "password ",
  "bearer ",
  "1.",
  "[1:",
  "@",
  "://",
  "..",
  "__",
  "*a",
  "'\"",
];

const judges: readonly (readonly [string, (text: string) => unknown])[] = [
  ["a message", (text) => validateMessageContent(text, { limits: { messageBytes: 1e9 } })],
  ["a server", (text) => validateBootstrapServers([`${text}:9092`, `[${text}]:1`, text])],
  ["a list of servers", (text) => validateBootstrapServers(text)],
  ["a topic", (text) => validateTopicNames([text], { topicNames: { allowedPatterns: ["*a*b*c", "*.a**"], segments: 3 } })],
  ["credentials", (text) => validateCredentials({ username: text, password: text, text, [text]: text })],
  ["settings of a producer", (text) => validateProducerConfig({ retries: text, acks: text, [text]: text })],
];

/** Milliseconds of the processor for one run; the best of several, so that what else happens on the machine does not count. */
function cost(work: () => unknown): number {
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < 3; run++) {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, (user + system) / 1000);
  }
  return best;
}

test.each(judges)("the time for %s grows no faster than its length", (_name, judge) => {
  for (const piece of pieces) {
    const short = piece.repeat(Math.ceil(4096 / piece.length));
    const long = piece.repeat(Math.ceil(65_536 / piece.length));
    const base = cost(() => judge(short));
    // 16 times as long: in proportion that is 16 times as much, with the square it would be 256 times.
    expect(
      cost(() => judge(long)),
      JSON.stringify(piece),
    ).toBeLessThan(80 * Math.max(base, 0.25));
  }
});
