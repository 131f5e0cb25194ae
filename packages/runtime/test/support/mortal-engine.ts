import { sleep } from "@millrace/core";
import type { BrokerEngine, EngineRequest } from "@millrace/embedded-kafka";
import type { VirtualClock } from "@millrace/testing";

/** A broker as a process sees it that may die, or lose its network for a while. */
export interface MortalEngine {
  readonly engine: BrokerEngine;
  /** Goes on at once, or never again once the process is dead. */
  readonly alive: () => Promise<void>;
  /** From now on nothing of it reaches the broker. */
  readonly kill: () => void;
  /** Nothing of it reaches the broker for so long; its handlers go on. */
  readonly cutOff: (durationMs: number) => void;
}

export function createMortalEngine(engine: BrokerEngine, clock: VirtualClock): MortalEngine {
  let isDead = false;
  let connected: Promise<void> | undefined;
  const never = new Promise<never>(() => undefined);
  const late = async (request: EngineRequest): Promise<unknown> => {
    await connected;
    return isDead ? await never : await engine.handle(request);
  };
  return {
    engine: {
      ...engine,
      handle: (request: EngineRequest) => (isDead ? never : connected === undefined ? engine.handle(request) : late(request)),
    } as BrokerEngine,
    alive: () => (isDead ? never : Promise.resolve()),
    kill() {
      isDead = true;
    },
    cutOff(durationMs) {
      connected = sleep(durationMs, { clock }).then(() => {
        connected = undefined;
      });
    },
  };
}
