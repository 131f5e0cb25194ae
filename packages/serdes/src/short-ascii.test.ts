import { expect, test } from "vitest";
import { longestShortAscii, shortAscii } from "./short-ascii.ts";

const letters = "abcdefghijklmnop";

test("every length up to the longest gives its text, wherever it stands", () => {
  const data = Buffer.from(`..${letters}..`);
  for (let length = 0; length <= longestShortAscii; length++) expect(shortAscii(data, 2, length)).toBe(letters.slice(0, length));
});

test("one byte beyond ASCII at any place is left to the engine", () => {
  for (let length = 1; length <= longestShortAscii; length++) {
    for (let place = 0; place < length; place++) {
      const data = Buffer.from(letters);
      data[place] = 0x80;
      expect(shortAscii(data, 0, length)).toBeUndefined();
    }
  }
});
