import type { ProduceOutcome } from "../../src/index.ts";
import type { ScriptedDriver } from "./scripted-driver.ts";

/** Holds every request until the test lets it go. */
export function holdSends(driver: ScriptedDriver): {
  readonly release: (outcome?: (index: number) => ProduceOutcome) => void;
  readonly held: number;
} {
  const waiting: (() => void)[] = [];
  let answer: ((index: number) => ProduceOutcome) | undefined;
  driver.onSend = (batches) =>
    new Promise((resolve) => {
      waiting.push(() => resolve(answer === undefined ? driver.store(batches) : batches.map((_, index) => answer!(index))));
    });
  return {
    get held() {
      return waiting.length;
    },
    release(outcome) {
      answer = outcome;
      waiting.shift()?.();
    },
  };
}
