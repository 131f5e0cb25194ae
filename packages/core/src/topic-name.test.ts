import { expect, test } from "vitest";
import { hasTopicNameCharacters, maxTopicNameLength } from "./topic-name.ts";

test("exactly letters, digits, dot, underscore and hyphen of ASCII are characters of a topic's name", () => {
  const legal: string[] = [];
  for (let unit = 0; unit <= 0xffff; unit++) {
    if (hasTopicNameCharacters(String.fromCharCode(unit))) legal.push(String.fromCharCode(unit));
  }
  expect(legal.join("")).toBe("-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz");
  expect(hasTopicNameCharacters("")).toBe(true);
  expect(hasTopicNameCharacters("a\n")).toBe(false);
  expect(maxTopicNameLength).toBe(249);
});
