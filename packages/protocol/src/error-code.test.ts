import { expect, test } from "vitest";
import { errorByCode } from "./error-code.ts";
import { errorCodes } from "./generated/error-table.ts";

test("an error is found by name and by code", () => {
  expect(errorCodes.NONE).toBe(0);
  expect(errorByCode(6)).toEqual({ name: "NOT_LEADER_OR_FOLLOWER", code: 6, retriable: true });
  expect(errorByCode(errorCodes.MESSAGE_TOO_LARGE)).toEqual({ name: "MESSAGE_TOO_LARGE", code: 10, retriable: false });
  for (const [name, code] of Object.entries(errorCodes)) expect(errorByCode(code)).toMatchObject({ name, code });
});

test("a code that is not in the table is an unknown server error that carries it", () => {
  expect(errorByCode(12_345)).toEqual({ name: "UNKNOWN_SERVER_ERROR", code: 12_345, retriable: false });
});
