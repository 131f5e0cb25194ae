import type { HeadersInput } from "@millrace/kafka";
import { expect, test } from "vitest";
import { createMiddlewareHarness } from "../../test/support/middleware-harness.ts";
import { orders } from "../../test/support/processor-harness.ts";
import { correlation } from "./correlation.ts";

test("the id of a message stands in log lines and on what its handler sends", async () => {
  const { run, logged, sent } = createMiddlewareHarness();
  const headers = [["correlation-id", Buffer.from("c1")]] as const;
  await run(
    correlation(),
    async (message, context) => {
      expect(message.headers).toEqual(headers);
      expect(context.group).toBe("billing");
      context.logger.info("at work");
      await context.send(orders, { value: "1" });
    },
    { headers },
  );
  expect(logged[0]?.fields).toEqual({ attempt: 1, correlation_id: "c1" });
  expect(sent).toEqual([{ value: "1", headers: [["correlation-id", "c1"]] }]);
});

test("headers of what is sent are kept in either form, and one that has an id of its own keeps it", async () => {
  const { run, sent } = createMiddlewareHarness();
  const given: HeadersInput[] = [{ a: "1" }, [["a", null]], { "correlation-id": "own" }, [["correlation-id", "own"]]];
  await run(
    correlation(),
    async (_, context) => {
      for (const headers of given) await context.send(orders, { value: "1", headers });
    },
    { headers: [["correlation-id", Buffer.from("c1")]] },
  );
  expect(sent.map(({ headers }) => headers)).toEqual([
    { a: "1", "correlation-id": "c1" },
    [
      ["a", null],
      ["correlation-id", "c1"],
    ],
    { "correlation-id": "own" },
    [["correlation-id", "own"]],
  ]);
});

test("a message without one gets the place of its origin, or what is made for it, in the header that is asked for", async () => {
  const { run } = createMiddlewareHarness();
  const ids: [string, string | undefined][] = [];
  const note = ({ headers }: { readonly headers: readonly (readonly [string, Buffer | null])[] }): void => {
    ids.push(...headers.map(([name, value]): [string, string | undefined] => [name, value?.toString()]));
  };
  await run(correlation(), note);
  await run(correlation({ header: "trace", create: ({ key }) => `made for ${String(key)}` }), note, { headers: [["trace", null]] });
  expect(ids).toEqual([
    ["correlation-id", "orders/0/7"],
    ["trace", undefined],
    ["trace", "made for k"],
  ]);
});
