import fc from "fast-check";
import { expect, test } from "vitest";
import { checkHistory, type HistoryEvent, type HistoryFindingKind, seededRandom } from "../src/index.ts";
import { type MadeUpHistory, makeUpHistory } from "./support/made-up-history.ts";

type Settled = Extract<HistoryEvent, { kind: "record-settled" }>;
type Spoil = (events: HistoryEvent[], below: (limit: number) => number) => boolean;

const isSettled = (event: HistoryEvent): event is Settled => event.kind === "record-settled";

function madeUp(seed: number): MadeUpHistory & { readonly below: (limit: number) => number } {
  const random = seededRandom(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  return { ...makeUpHistory(below), below };
}

const isEndOf = (settled: Settled) => (event: HistoryEvent) => isSettled(event) && event.place.offset === settled.place.offset;

/** Ways to spoil a history; false where there is nothing in it to be spoilt so. */
const spoilers: Readonly<Record<string, { readonly kind: HistoryFindingKind; readonly spoil: Spoil }>> = {
  "a record that nobody settles": {
    kind: "lost",
    spoil(events, below) {
      const all = events.filter(isSettled);
      const victim = all[below(all.length)];
      if (victim === undefined) return false;
      events.splice(0, events.length, ...events.filter((event) => !isEndOf(victim)(event)));
      return true;
    },
  },
  "a record that nobody stored": {
    kind: "invented",
    spoil(events, below) {
      const stored = events.findIndex((_, index) => index >= below(events.length) && events[index]?.kind === "record-stored");
      if (stored < 0) return false;
      events.splice(stored, 1);
      return true;
    },
  },
  "a record that is settled again after everything was committed": {
    kind: "duplicated",
    spoil(events, below) {
      const all = events.filter(isSettled);
      const victim = all[below(all.length)];
      if (victim === undefined) return false;
      events.push({ ...victim, worker: "another" });
      return true;
    },
  },
  "a record that its own worker settles twice": {
    kind: "duplicated",
    spoil(events, below) {
      const struck = new Set(events.flatMap((event) => (event.kind === "worker-struck" ? [event.worker] : [])));
      const all = events.filter(isSettled).filter(({ worker }) => !struck.has(worker));
      const victim = all[below(all.length)];
      if (victim === undefined) return false;
      events.splice(events.indexOf(victim), 0, victim);
      return true;
    },
  },
  "a record that overtakes another of its key": {
    kind: "reordered",
    spoil(events) {
      const chains = new Map<number, string | null>();
      for (const event of events) if (event.kind === "record-stored") chains.set(event.place.offset, event.chain);
      const firsts = events.filter(isSettled).filter((event, _, all) => all.find(isEndOf(event)) === event);
      for (const [index, early] of firsts.entries()) {
        const chain = chains.get(early.place.offset);
        const late = chain === null ? undefined : firsts.slice(index + 1).find(({ place }) => chains.get(place.offset) === chain);
        if (late === undefined) continue;
        const [from, to] = [events.indexOf(early), events.indexOf(late)];
        events[from] = { ...late, worker: early.worker };
        events[to] = { ...early, worker: late.worker };
        return true;
      }
      return false;
    },
  },
  "an offset that is committed before its record is settled": {
    kind: "committed-too-far",
    spoil(events) {
      const first = events.find(isSettled);
      if (first === undefined) return false;
      const { topic, partition, offset } = first.place;
      events.splice(events.indexOf(first), 0, { kind: "offset-committed", topic, partition, offset: offset + 1 });
      return true;
    },
  },
  "metadata that calls an unsettled record settled": {
    kind: "committed-too-far",
    spoil(events) {
      const first = events.find(isSettled);
      if (first === undefined) return false;
      const { topic, partition, offset } = first.place;
      const above = [{ from: offset, to: offset + 1 }];
      events.splice(events.indexOf(first), 0, { kind: "offset-committed", topic, partition, offset: 0, above });
      return true;
    },
  },
  "a record of an aborted transaction": {
    kind: "aborted-read",
    spoil(events) {
      const first = events.findIndex(({ kind }) => kind === "record-stored");
      events[first] = { ...(events[first] as Extract<HistoryEvent, { kind: "record-stored" }>), transaction: "t1" };
      events.push({ kind: "transaction-ended", transaction: "t1", outcome: "aborted" });
      return true;
    },
  },
  "a dead letter with another reason": {
    kind: "wrong-dead-letter",
    spoil(events) {
      const letter = events.filter(isSettled).find(({ outcome }) => outcome === "dead-lettered");
      if (letter === undefined) return false;
      events[events.indexOf(letter)] = { ...letter, reason: "exhausted" };
      return true;
    },
  },
  "a record that should have been a dead letter": {
    kind: "wrong-dead-letter",
    spoil(events) {
      const letter = events.filter(isSettled).find(({ outcome }) => outcome === "dead-lettered");
      if (letter === undefined) return false;
      for (const [index, event] of events.entries())
        if (isSettled(event) && isEndOf(letter)(event)) events[index] = { ...event, outcome: "handled" };
      return true;
    },
  },
  "a dead letter that nobody expects": {
    kind: "wrong-dead-letter",
    spoil(events) {
      const handled = events.filter(isSettled).find(({ outcome }) => outcome === "handled");
      if (handled === undefined) return false;
      events[events.indexOf(handled)] = { ...handled, outcome: "dead-lettered", reason: "poison" };
      return true;
    },
  },
};

test("nothing is found in made-up histories in which all is well, with hand-overs, kills and workers that are cut off", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0 }), (seed) => {
      const { events, deadLetters } = madeUp(seed);
      expect(checkHistory(events, { deadLetters })).toEqual([]);
    }),
    { numRuns: 500 },
  );
});

test.each(Object.keys(spoilers))("it is found: %s", (name) => {
  const { kind, spoil } = spoilers[name]!;
  let spoilt = 0;
  for (let seed = 0; seed < 150; seed++) {
    const { events, deadLetters, below } = madeUp(seed);
    const copy = [...events];
    if (!spoil(copy, below)) continue;
    spoilt++;
    const kinds = checkHistory(copy, { deadLetters }).map((finding) => finding.kind);
    expect(kinds, `seed ${seed}`).toContain(kind);
  }
  expect(spoilt).toBeGreaterThan(50);
});
