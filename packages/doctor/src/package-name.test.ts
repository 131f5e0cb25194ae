import { expect, test } from "vitest";
import { packageName } from "./index.ts";

test("the package knows its name", () => {
  expect(packageName).toBe("@millrace/doctor");
});
