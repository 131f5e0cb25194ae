import { expect, test } from "vitest";
import { collectFindings, type Finding } from "./index.ts";

const finding = (subject: string): Finding => ({ problem: "p", severity: "error", subject, message: "", evidence: {}, fix: "" });

test("what one thing hides does not hide what others show", async () => {
  const look = (item: string): readonly Finding[] => {
    if (item === "dark") throw new Error("it is dark");
    return item === "bad" ? [finding(item)] : [];
  };
  expect(await collectFindings(["dark", "good", "bad"], look)).toEqual([finding("bad")]);
  expect(await collectFindings(["good"], look)).toEqual([]);
  await expect(collectFindings(["good", "dark"], look)).rejects.toThrow("it is dark");
});
