import type { Random } from "@millrace/core";
import { memory } from "@millrace/driver-memory";
import { type BrokerEngine, createBrokerEngine, type EngineRequest } from "@millrace/embedded-kafka";
import { createKafka } from "@millrace/kafka";
import { createVirtualClock } from "@millrace/testing";
import type { ChaosGround } from "./chaos-ground.ts";
import { createMortality } from "./mortal.ts";

/** Broker and clients in virtual time: a seed repeats a schedule exactly. */
export function memoryGround(random: Random): ChaosGround {
  const clock = createVirtualClock();
  const engine = createBrokerEngine({ clock, random });
  return {
    engine,
    clock,
    pace: 1,
    longestStallMs: 0,
    connect: (drawn) => createKafka({ driver: memory({ engine }), clock, random: drawn }),
    mortal({ random: drawn, clientId, onDeath }) {
      const { pass, ...life } = createMortality({ ...(onDeath !== undefined && { onDeath }) });
      const guarded = { ...engine, handle: (request: EngineRequest) => pass(request, (passed) => engine.handle(passed)) } as BrokerEngine;
      return { ...life, kafka: createKafka({ driver: memory({ engine: guarded }), clock, random: drawn, clientId }) };
    },
    bury: () => undefined,
    pass: (durationMs) => clock.advance(durationMs),
    // oxlint-disable-next-line typescript/unbound-method -- a clock is a plain object
    until: clock.runUntil,
    close: async () => engine.close(),
  };
}
