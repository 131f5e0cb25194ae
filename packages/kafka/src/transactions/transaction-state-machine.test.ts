import fc from "fast-check";
import { expect, test } from "vitest";
import { KafkaError } from "../kafka-error.ts";
import type { TransactionState } from "./transaction-state.ts";
import { type TransactionOperation, TransactionStateMachine } from "./transaction-state-machine.ts";

const operations = ["begin transaction", "send", "send offsets", "commit transaction", "abort transaction"] as const;
const fenced = new KafkaError({ code: "PRODUCER_FENCED", message: "somebody else came", kafkaError: "PRODUCER_FENCED" });
const broken = new KafkaError({ code: "KAFKA_MESSAGE_TOO_LARGE", message: "too large", topic: "t", partition: 1 });

function machineIn(...states: readonly TransactionState[]): TransactionStateMachine {
  const machine = new TransactionStateMachine(() => undefined);
  for (const state of states) machine.move(state, state === "fenced" ? fenced : state === "abortable_error" ? broken : undefined);
  return machine;
}

test.each([
  ["ready", ["ready"], ["begin transaction"]],
  ["in_transaction", ["ready", "in_transaction"], ["send", "send offsets", "commit transaction", "abort transaction"]],
  ["committing", ["ready", "in_transaction", "committing"], []],
  ["committed", ["ready", "in_transaction", "committing", "committed"], []],
  ["aborting", ["ready", "in_transaction", "aborting"], []],
  ["aborted", ["ready", "in_transaction", "aborting", "aborted"], []],
  ["abortable_error", ["ready", "in_transaction", "abortable_error"], ["abort transaction"]],
  ["in_doubt", ["ready", "in_transaction", "committing", "in_doubt"], ["commit transaction"]],
  ["fenced", ["ready", "in_transaction", "fenced"], []],
  ["failed", ["failed"], []],
] as readonly (readonly [TransactionState, readonly TransactionState[], readonly TransactionOperation[]])[])(
  "in state %s nothing but its own operations is allowed, and the error names operation and state",
  (state, way, allowed) => {
    const machine = machineIn(...way);
    for (const operation of operations) {
      expect(machine.allows(operation)).toBe(allowed.includes(operation));
      if (allowed.includes(operation)) machine.require(operation);
      else expect(() => machine.require(operation)).toThrow(`Cannot ${operation} in state: ${state}`);
    }
  },
);

test("a refusal says why the state is what it is, with the code to act on", () => {
  const refusalIn = (...way: readonly TransactionState[]): KafkaError => machineIn(...way).refusal("commit transaction");
  expect(refusalIn("ready")).toMatchObject({ code: "TRANSACTION_STATE", message: "Cannot commit transaction in state: ready" });
  expect(refusalIn("ready", "in_transaction", "abortable_error")).toMatchObject({
    code: "TRANSACTION_ABORTABLE",
    message: "Cannot commit transaction in state: abortable_error. Abort the transaction, and do its work again: too large",
    cause: broken,
    topic: "t",
    partition: 1,
  });
  expect(refusalIn("ready", "in_transaction", "fenced")).toMatchObject({
    code: "PRODUCER_FENCED",
    kafkaError: "PRODUCER_FENCED",
    cause: fenced,
  });
});

test("a reason is forgotten with its state", () => {
  const machine = machineIn("ready", "in_transaction", "abortable_error", "aborting", "aborted", "ready");
  expect(machine.refusal("commit transaction").cause).toBeUndefined();
});

test("whatever way is tried, a machine only goes where it may: from commit to ready by committed alone, out of fenced, failed and closed nowhere", () => {
  const all: readonly TransactionState[] = [
    ...(["initialising", "ready", "in_transaction", "committing", "committed", "aborting", "aborted"] as const),
    ...(["abortable_error", "in_doubt", "fenced", "failed", "closed"] as const),
  ];
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...all), { maxLength: 60 }), (wishes) => {
      const steps: [TransactionState, TransactionState][] = [];
      const machine = new TransactionStateMachine((from, to) => steps.push([from, to]));
      for (const wish of wishes) {
        const before = machine.state;
        try {
          machine.move(wish);
          expect(machine.state).toBe(wish);
        } catch {
          expect(machine.state).toBe(before);
        }
        // At most one of them can be asked for in any state but in_transaction.
        const allowed = operations.filter((operation) => machine.allows(operation));
        expect(allowed.length).toBe({ ready: 1, in_transaction: 4, abortable_error: 1, in_doubt: 1 }[machine.state as string] ?? 0);
      }
      for (const [index, [from, to]] of steps.entries()) {
        if (index > 0) expect(from).toBe(steps[index - 1]![1]);
        if (to === "ready") expect(["initialising", "committed", "aborted"]).toContain(from);
        if (from === "committing") expect(["committed", "abortable_error", "in_doubt", "fenced", "failed", "closed"]).toContain(to);
        if (from === "fenced" || from === "failed") expect(to).toBe("closed");
        expect(from).not.toBe("closed");
      }
    }),
    { numRuns: 500 },
  );
});
