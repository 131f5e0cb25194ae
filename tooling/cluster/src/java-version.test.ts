import { expect, test } from "vitest";
import { chooseJava, parseJavaVersion } from "./java-version.ts";

test.each([
  ['openjdk version "17.0.15" 2025-04-15\nOpenJDK Runtime Environment (build 17.0.15+6)', 17],
  ['openjdk version "25" 2025-09-16', 25],
  ['java version "1.8.0_392"', 8],
  ["-bash: java: command not found", undefined],
  ["", undefined],
])("the Java version in %j is %j", (text, version) => {
  expect(parseJavaVersion(text)).toBe(version);
});

test("the oldest Java that is new enough is chosen, the first of equals", () => {
  const installations = [
    { program: "a", version: 25 },
    { program: "b", version: 17 },
    { program: "c", version: 21 },
    { program: "d", version: 21 },
    { program: "e", version: 11 },
  ];
  expect(chooseJava(installations, 17)?.program).toBe("b");
  expect(chooseJava(installations, 18)?.program).toBe("c");
  expect(chooseJava(installations, 22)?.program).toBe("a");
  expect(chooseJava(installations, 26)).toBeUndefined();
});
