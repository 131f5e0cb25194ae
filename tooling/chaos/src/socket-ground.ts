import { type Random, systemClock, withDeadline } from "@millrace/core";
import { kafkajs } from "@millrace/driver-kafkajs";
import { platformatic } from "@millrace/driver-platformatic";
import { RefusedRequestError, startEmbeddedKafka } from "@millrace/embedded-kafka";
import { createKafka, type DriverConnection, type KafkaDriver } from "@millrace/kafka";
import { waitFor } from "@millrace/testing";
import type { ChaosGround, UntilOptions } from "./chaos-ground.ts";
import { createMortality, type Mortality } from "./mortal.ts";

/** The drivers that open sockets. */
export type SocketDriver = "kafkajs" | "platformatic";

const drivers = { kafkajs, platformatic } as const;
/** Schedules are written for virtual time, where waiting costs nothing. */
const pace = 0.2;
const usualLimitMs = 60_000;
const lookEveryMs = 20;

/** An embedded broker with sockets and clients with a driver that uses them, in real time: a seed repeats what is done, but not what happens in between. */
export async function socketGround(driver: SocketDriver, random: Random): Promise<ChaosGround> {
  const broker = await startEmbeddedKafka({ random, groups: { minSessionTimeoutMs: 100 } });
  const { engine } = broker;
  const open = (): KafkaDriver => drivers[driver]({ brokers: broker.brokers, connectionTimeoutMs: 5_000, requestTimeoutMs: 5_000 });
  const lives = new Map<string, Mortality>();
  const burials: Promise<unknown>[] = [];
  // Before all others, so that what they see has happened before the death.
  engine.intercept("*", (request, next) => {
    const life = lives.get(request.clientId ?? "");
    if (life === undefined) return next(request);
    if (life.isDead()) throw new RefusedRequestError(request.api, request.version, "its client is dead", { retryable: true });
    return life.pass(request, next);
  });
  let longestStallMs = 0;
  let lastLookMs = systemClock.monotonic();
  const looking = setInterval(() => {
    const now = systemClock.monotonic();
    longestStallMs = Math.max(longestStallMs, now - lastLookMs - lookEveryMs);
    lastLookMs = now;
  }, lookEveryMs);

  return {
    engine,
    clock: systemClock,
    pace,
    connect: (drawn) => createKafka({ driver: open(), random: drawn }),
    mortal({ random: drawn, clientId, onDeath }) {
      const connections: DriverConnection[] = [];
      const life = createMortality({
        onDeath() {
          onDeath?.();
          burials.push(...connections.map((connection) => connection.close()));
        },
      });
      lives.set(clientId, life);
      const opened = open();
      const watched: KafkaDriver = {
        ...opened,
        connect(context) {
          const connection = opened.connect(context);
          connections.push(connection);
          return connection;
        },
      };
      const { pass: _, ...rest } = life;
      return { ...rest, kafka: createKafka({ driver: watched, random: drawn, clientId }) };
    },
    bury: (end) => void burials.push(end().catch(() => undefined)),
    pass: (durationMs) => new Promise((resolve) => setTimeout(resolve, durationMs)),
    until: (async (goal: Promise<unknown> | (() => boolean), { what, limitMs = usualLimitMs }: UntilOptions = {}) =>
      typeof goal === "function"
        ? void (await waitFor(goal, { timeoutMs: limitMs, what }))
        : await withDeadline(limitMs, () => goal, { what })) as ChaosGround["until"],
    get longestStallMs() {
      return longestStallMs;
    },
    async close() {
      clearInterval(looking);
      try {
        await withDeadline(usualLimitMs, () => Promise.all(burials), { what: "the burials" });
      } finally {
        await broker.close();
      }
    },
  };
}
