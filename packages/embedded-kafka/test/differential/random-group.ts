import { errorCodes, type ResponseTypes } from "@millrace/protocol";
import { seededRandom } from "@millrace/testing";
import type { Connection } from "./connection.ts";
import { type JoinOptions, joinBody } from "./group-member.ts";
import type { Scenario, Stage } from "./scenario.ts";

const stepCount = 40;
/** Long enough for no timer to fire. */
const patience = { sessionTimeoutMs: 120_000, rebalanceTimeoutMs: 120_000 } satisfies JoinOptions;

/** A broker that has every reason to answer does so sooner than this. */
const doubtMs = 100;

/** One of two clients. With a third it would be left to chance who leads when the leader goes. */
interface Slot {
  readonly index: number;
  readonly connection: Connection;
  memberId: string;
  generation: number;
  leads: boolean;
  members: readonly string[];
  /** What it waits for. */
  waiting: "join" | "sync" | undefined;
}

class GroupPlay {
  readonly #stage: Stage;
  readonly #groupId: string;
  readonly #slots: readonly Slot[];
  readonly #choose: (limit: number) => number;
  readonly #arrived: { readonly slot: number; readonly kind: string; readonly answer: unknown }[] = [];

  constructor(stage: Stage, groupId: string, connections: readonly Connection[], choose: (limit: number) => number) {
    this.#stage = stage;
    this.#groupId = groupId;
    this.#choose = choose;
    this.#slots = connections.map((connection, index) => ({
      index,
      connection,
      memberId: "",
      generation: -1,
      leads: false,
      members: [],
      waiting: undefined,
    }));
  }

  /** Lets one client do one thing, and records that and every answer that it leads to. */
  async step(number: number): Promise<void> {
    const slot = this.#slots[this.#choose(this.#slots.length)]!;
    const kind = this.#choose(8);
    const choice = this.#choose(3);
    const label = `${number}: client ${slot.index}`;
    if (kind < 3 && slot.waiting === undefined) this.#join(slot, kind, choice);
    else if (kind < 6 && slot.waiting === undefined) this.#sync(slot, choice);
    else if (kind === 6) await this.#beat(slot, label);
    // Kafka never answers the sync of a member that leaves meanwhile.
    else if (kind === 7 && choice === 0 && slot.waiting !== "sync") await this.#leave(slot, label);
    else await this.#commit(slot, label);
    await this.#rest();
    const answers = this.#arrived.splice(0).sort((left, right) => left.slot - right.slot);
    for (const { slot: index, kind: answered, answer } of answers) this.#stage.record(`${label}: ${answered} of client ${index}`, answer);
    const { groups } = await this.#describe();
    this.#stage.record(`${label}: then`, { state: groups[0]!.groupState, count: groups[0]!.members.length });
  }

  #join(slot: Slot, kind: number, choice: number): void {
    const version = kind === 0 ? 3 : 5;
    const protocols = [["range", choice === 0 ? "one" : "two"]] as const;
    slot.waiting = "join";
    void slot.connection
      .call("JoinGroup", version, joinBody(this.#groupId, { ...patience, version, memberId: slot.memberId, protocols }))
      .then((answer) => this.#joined(slot, answer), endOfScenario);
  }

  #joined(slot: Slot, answer: ResponseTypes["JoinGroup"]): void {
    slot.waiting = undefined;
    this.#arrived.push({ slot: slot.index, kind: "join", answer });
    if (answer.errorCode === errorCodes.UNKNOWN_MEMBER_ID) slot.memberId = "";
    if (answer.errorCode === errorCodes.NONE || answer.errorCode === errorCodes.MEMBER_ID_REQUIRED) slot.memberId = answer.memberId;
    if (answer.errorCode !== errorCodes.NONE) return;
    slot.generation = answer.generationId;
    slot.leads = answer.leader === answer.memberId;
    slot.members = answer.members.map(({ memberId }) => memberId);
  }

  #sync(slot: Slot, choice: number): void {
    const assignments = slot.leads ? slot.members.map((memberId) => ({ memberId, assignment: Buffer.from(`share ${choice}`) })) : [];
    const { memberId, generation: generationId } = slot;
    slot.waiting = "sync";
    void slot.connection.call("SyncGroup", 3, { groupId: this.#groupId, memberId, generationId, assignments }).then((answer) => {
      slot.waiting = undefined;
      this.#arrived.push({ slot: slot.index, kind: "sync", answer });
    }, endOfScenario);
  }

  async #beat({ memberId, generation: generationId }: Slot, label: string): Promise<void> {
    await this.#stage.ask(`${label} lives`, "Heartbeat", 3, { groupId: this.#groupId, memberId, generationId });
  }

  async #leave(slot: Slot, label: string): Promise<void> {
    await this.#stage.ask(`${label} leaves`, "LeaveGroup", 3, { groupId: this.#groupId, members: [{ memberId: slot.memberId }] });
    if (slot.waiting === undefined) slot.memberId = "";
  }

  async #commit({ memberId, generation }: Slot, label: string): Promise<void> {
    const topics = [{ name: this.#stage.name("random-offsets"), partitions: [{ partitionIndex: 0, committedOffset: this.#choose(100) }] }];
    const body = { groupId: this.#groupId, memberId, generationIdOrMemberEpoch: generation, topics };
    await this.#stage.ask(`${label} commits`, "OffsetCommit", 7, body);
  }

  #describe(): Promise<ResponseTypes["DescribeGroups"]> {
    return this.#stage.main.call("DescribeGroups", 5, { groups: [this.#groupId] });
  }

  /** Waits until whoever still waits does so rightly: a join for the others to join, a sync for the leader's. */
  async #rest(): Promise<void> {
    await this.#stage.settle();
    const doubtUntil = performance.now() + doubtMs;
    await this.#stage.until(
      "the answers that are due",
      () => this.#describe(),
      ({ groups }) => {
        const parkedIn = { join: "PreparingRebalance", sync: "CompletingRebalance" };
        const parked = this.#slots.flatMap(({ waiting }) => waiting ?? []);
        if (parked.some((waiting) => parkedIn[waiting] !== groups[0]!.groupState)) return false;
        return parked.length === 0 || performance.now() > doubtUntil;
      },
    );
  }
}

/** Whoever still waits at the end loses its connection. An answer that is due and does not come fails in `#rest`. */
function endOfScenario(): void {}

/** A group of two clients that do what the seed decides. The same seed always makes the same scenario. */
export function randomGroupScenario(seed: number): Scenario {
  return {
    name: `a group to which seed ${seed} happens`,
    shows: ["errorCode"],
    async run(stage) {
      const random = seededRandom(seed);
      await stage.topic("random-offsets");
      const groupId = await stage.group("random-group");
      const connections = [await stage.connect(), await stage.connect()];
      const play = new GroupPlay(stage, groupId, connections, (limit) => Math.floor(random() * limit));
      for (let step = 0; step < stepCount; step++) await play.step(step);
    },
  };
}
