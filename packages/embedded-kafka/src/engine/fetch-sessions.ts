import type { Clock, Random } from "@millrace/core";
import type { ErrorName } from "@millrace/protocol";
import type { EngineRequest } from "./api-registration.ts";
import { FetchSession } from "./fetch-session.ts";

/** How a fetch is meant: for itself, as the first one of a session, or as one more of it. */
export type FetchContext =
  | { readonly kind: "sessionless" }
  | { readonly kind: "full"; readonly session: FetchSession }
  | { readonly kind: "incremental"; readonly session: FetchSession; readonly epoch: number }
  | { readonly kind: "refused"; readonly error: ErrorName };

/** Kafka: `max.incremental.fetch.session.cache.slots`. */
const largestCount = 1_000;
/** A session that nobody has used for so long makes way for a new one. Kafka has the same time. */
const idleMs = 120_000;
const sessionlessEpoch = -1;
const sessionless: FetchContext = { kind: "sessionless" };

/** The fetch sessions of all brokers of the cluster: bounded, and the one that was not used for longest goes first. */
export class FetchSessions {
  /** In order of their latest use. */
  readonly #sessions = new Map<number, FetchSession>();
  readonly #clock: Clock;
  readonly #random: Random;

  constructor(clock: Clock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  get size(): number {
    return this.#sessions.size;
  }

  /** What a request means. */
  contextOf({ version, body, nodeId }: EngineRequest<"Fetch">): FetchContext {
    if (version < 7) return sessionless;
    const { sessionId, sessionEpoch, topics, forgottenTopicsData } = body;
    const usesTopicIds = version >= 13;
    const session = this.#sessions.get(sessionId);
    const known = session?.nodeId === nodeId ? session : undefined;
    if (sessionEpoch === 0 || sessionEpoch === sessionlessEpoch) {
      if (known !== undefined) this.#sessions.delete(sessionId);
      return sessionEpoch === 0 ? this.#begin(topics, nodeId, usesTopicIds) : sessionless;
    }
    if (known === undefined) return { kind: "refused", error: "FETCH_SESSION_ID_NOT_FOUND" };
    if (known.epoch !== sessionEpoch) return { kind: "refused", error: "INVALID_FETCH_SESSION_EPOCH" };
    if (known.usesTopicIds !== usesTopicIds) return { kind: "refused", error: "FETCH_SESSION_TOPIC_ID_ERROR" };
    known.update(topics);
    known.forget(forgottenTopicsData);
    this.#sessions.delete(sessionId);
    // One without partitions is over.
    if (known.size === 0) return sessionless;
    known.advance(this.#clock.now());
    this.#sessions.set(sessionId, known);
    return { kind: "incremental", session: known, epoch: known.epoch };
  }

  #begin(topics: Parameters<FetchSession["update"]>[0], nodeId: number | undefined, usesTopicIds: boolean): FetchContext {
    const nowMs = this.#clock.now();
    const [oldest] = this.#sessions.values();
    if (this.#sessions.size >= largestCount) {
      if (oldest === undefined || nowMs - oldest.lastUsedMs <= idleMs) return sessionless;
      this.#sessions.delete(oldest.id);
    }
    const session = new FetchSession({ id: this.#newId(), nodeId, usesTopicIds, nowMs });
    session.update(topics);
    this.#sessions.set(session.id, session);
    return { kind: "full", session };
  }

  #newId(): number {
    let id = 0;
    while (id === 0 || this.#sessions.has(id)) id = Math.floor(this.#random() * 0x7fffffff);
    return id;
  }
}
