import type { Clock, Random } from "@millrace/core";
import { memory } from "@millrace/driver-memory";
import type { BrokerEngine, EngineRequest } from "@millrace/embedded-kafka";
import { createKafka, type Kafka } from "@millrace/kafka";

/** A process as far as the broker knows: its requests arrive as long as it lives. */
export interface Mortal {
  readonly kafka: Kafka;
  readonly isDead: () => boolean;
  /** Resolves when it dies. */
  readonly died: Promise<void>;
  /** From now on nothing of it reaches the broker, nothing reaches it, and what it tells is not taken down. */
  readonly kill: () => void;
  /** Kills it with its next request of this kind: before it has its effect, or before its answer arrives. */
  readonly killAt: (api: EngineRequest["api"], moment: "before" | "after") => void;
}

/** What a dead one waits for. */
export const forever: Promise<never> = new Promise(() => undefined);

export function createMortal(options: {
  readonly engine: BrokerEngine;
  readonly clock: Clock;
  readonly random: Random;
  readonly clientId: string;
  readonly onDeath?: () => void;
}): Mortal {
  const { engine, clock, random, clientId, onDeath } = options;
  let isDead = false;
  let trap: { readonly api: EngineRequest["api"]; readonly moment: "before" | "after" } | undefined;
  const death = Promise.withResolvers<void>();
  const kill = (): void => {
    if (isDead) return;
    isDead = true;
    death.resolve();
    onDeath?.();
  };
  const handle = (request: EngineRequest): unknown => {
    const moment = trap?.api === request.api ? trap.moment : undefined;
    if (moment === "before") kill();
    if (isDead) return forever;
    const answer = engine.handle(request);
    if (moment === "after") {
      kill();
      return forever;
    }
    // An answer that comes after the death is not heard.
    return answer instanceof Promise ? answer.then((body) => (isDead ? forever : body)) : answer;
  };
  const kafka = createKafka({ driver: memory({ engine: { ...engine, handle } as BrokerEngine }), clock, random, clientId });
  return {
    kafka,
    isDead: () => isDead,
    died: death.promise,
    kill,
    killAt(api, moment) {
      trap = { api, moment };
    },
  };
}
