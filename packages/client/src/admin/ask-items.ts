import { ClosedError } from "@millrace/core";
import { KafkaError } from "@millrace/kafka";
import { clientError, type ErrorContext } from "../client-error.ts";
import type { Broker } from "../cluster/broker.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { untilDeadline } from "../cluster/until-deadline.ts";
import { type AdminContext, lookAgain, unknownTopicGraceMs } from "./admin-context.ts";

/** What was answered about one item. */
export type ItemAnswer<Value> = { readonly value: Value } | { readonly error: KafkaError };

/** A call about several items, each of which succeeds or fails by itself. */
export interface ItemsCall<Item, Value> {
  /** What is being done, for errors: `Creating topics`. */
  readonly what: string;
  readonly items: readonly Item[];
  /** Whom to ask about an item. */
  readonly route: (cluster: Cluster, item: Item) => Promise<Broker>;
  /** Asks a broker about items in one request; answers in their order. `isRepeated` of an item: it may have been done by an earlier attempt. */
  readonly ask: (broker: Broker, items: readonly Item[], isRepeated: (item: Item) => boolean) => Promise<readonly ItemAnswer<Value>[]>;
  /** Topics whose leaders `route` needs. */
  readonly topics?: readonly string[];
}

/**
 * Asks about all items, each at its broker, and repeats what failed for reasons that may pass. Resolves with the values in the order of the items.
 * @throws KafkaError when any item failed: its own, or one that names all `failures`; ClosedError, AbortedError
 */
export async function askItems<Item, Value>(context: AdminContext, call: ItemsCall<Item, Value>): Promise<readonly Value[]> {
  const { what, route, ask, topics = [] } = call;
  if (call.items.length === 0) return [];
  const { cluster, clock, timeoutMs, signal } = context;
  const errorContext: ErrorContext = { what, brokers: cluster.brokers };
  const startedAt = clock.monotonic();
  const slots = call.items.map((item): Slot<Item, Value> => ({ item, answer: undefined, isRepeated: false }));
  const mayPass = (error: KafkaError): boolean =>
    error.retryable && (error.code !== "KAFKA_UNKNOWN_TOPIC" || clock.monotonic() - startedAt < unknownTopicGraceMs);
  const isPending = ({ answer }: Slot<Item, Value>): boolean => answer === undefined || ("error" in answer && mayPass(answer.error));
  const fail = (slot: Slot<Item, Value>, error: unknown): void => {
    if (ClosedError.is(error)) throw error;
    slot.answer = { error: clientError(error, errorContext) };
  };

  const askOne = async (broker: Broker, asked: readonly Slot<Item, Value>[]): Promise<void> => {
    try {
      const items = asked.map(({ item }) => item);
      const answers = await ask(broker, items, (item) => asked[items.indexOf(item)]?.isRepeated === true);
      for (const [index, slot] of asked.entries()) {
        const answer = answers[index];
        if (answer === undefined) fail(slot, new Error("the broker's answer does not name it"));
        else slot.answer = answer;
      }
    } catch (error) {
      for (const slot of asked) fail(slot, error);
    } finally {
      for (const slot of asked) slot.isRepeated = true;
    }
  };

  const attempt = async (): Promise<void> => {
    await cluster.connect();
    if (topics.length > 0) await cluster.refresh(topics);
    const routed = await Promise.all(
      slots.filter(isPending).map(async (slot) => {
        try {
          return { slot, broker: await route(cluster, slot.item) };
        } catch (error) {
          fail(slot, error);
          return undefined;
        }
      }),
    );
    const reachable = routed.filter((entry) => entry !== undefined);
    await Promise.all(
      [...Map.groupBy(reachable, ({ broker }) => broker)].map(async ([broker, entries]) => {
        await askOne(
          broker,
          entries.map(({ slot }) => slot),
        );
      }),
    );
    for (const slot of slots) if (slot.answer !== undefined && "error" in slot.answer && isPending(slot)) throw slot.answer.error;
  };
  const recover = async (): Promise<void> => await lookAgain(cluster);
  await untilDeadline({ clock, timeoutMs, signal, context: errorContext, recover, closing: cluster.closing }, attempt).catch(
    (error: unknown) => {
      // When the time is up every item has the answer that it got last, if it got one.
      if (!KafkaError.is(error) || slots.some(({ answer }) => answer === undefined)) throw error;
    },
  );
  const failures = slots.flatMap(({ answer }) => (answer !== undefined && "error" in answer ? [answer.error] : []));
  if (failures.length > 0) throw oneError(what, failures, slots.length);
  return slots.map(({ answer }) => (answer as { readonly value: Value }).value);
}

interface Slot<Item, Value> {
  readonly item: Item;
  answer: ItemAnswer<Value> | undefined;
  isRepeated: boolean;
}

const mostNamed = 5;

function oneError(what: string, failures: readonly KafkaError[], count: number): KafkaError {
  const [first] = failures as readonly [KafkaError, ...KafkaError[]];
  if (failures.length === 1) return first;
  const same = <T>(of: (error: KafkaError) => T): T | undefined =>
    failures.every((error) => of(error) === of(first)) ? of(first) : undefined;
  const named = failures.slice(0, mostNamed).map(({ message }) => message);
  const more = failures.length > mostNamed ? ` and ${failures.length - mostNamed} more` : "";
  return new KafkaError({
    code: same(({ code }) => code) ?? "KAFKA_BROKER_ERROR",
    kafkaError: same(({ kafkaError }) => kafkaError),
    retryable: failures.every(({ retryable }) => retryable),
    message: `${what} failed for ${failures.length} of ${count}: ${named.join(" ")}${more}`,
    failures,
    topic: same(({ topic }) => topic),
    group: same(({ group }) => group),
  });
}
