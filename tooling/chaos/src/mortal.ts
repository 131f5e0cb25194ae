import type { Random } from "@millrace/core";
import type { EngineRequest, EngineResponse } from "@millrace/embedded-kafka";
import type { Kafka } from "@millrace/kafka";

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

export interface MortalOptions {
  readonly random: Random;
  readonly clientId: string;
  readonly onDeath?: () => void;
}

/** Life and death of one, between it and the broker. */
export interface Mortality extends Omit<Mortal, "kafka"> {
  /** Hands a request on while it lives. */
  readonly pass: (request: EngineRequest, next: (request: EngineRequest) => EngineResponse) => EngineResponse;
}

/** What a dead one waits for. */
export const forever: Promise<never> = new Promise(() => undefined);

export function createMortality({ onDeath }: Pick<MortalOptions, "onDeath">): Mortality {
  let isDead = false;
  let trap: { readonly api: EngineRequest["api"]; readonly moment: "before" | "after" } | undefined;
  const death = Promise.withResolvers<void>();
  const kill = (): void => {
    if (isDead) return;
    isDead = true;
    death.resolve();
    onDeath?.();
  };
  return {
    isDead: () => isDead,
    died: death.promise,
    kill,
    killAt(api, moment) {
      trap = { api, moment };
    },
    pass(request, next) {
      const moment = trap?.api === request.api ? trap.moment : undefined;
      if (moment === "before") kill();
      if (isDead) return forever;
      const answer = next(request);
      if (moment === "after") {
        kill();
        return forever;
      }
      // An answer that comes after the death is not heard.
      return answer instanceof Promise ? answer.then((body) => (isDead ? forever : body)) : answer;
    },
  };
}
