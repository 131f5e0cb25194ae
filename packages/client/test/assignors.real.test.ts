import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { findKafkaTools } from "@millrace/cluster";
import type { TopicPartition } from "@millrace/kafka";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { MemberPartitions } from "../src/consumer/assignors/assignor.ts";
import { findAssignor } from "../src/consumer/assignors/find-assignor.ts";
import { decodeAssignment, encodeSubscription, type Subscriber } from "../src/consumer/assignors/subscription.ts";
import { decoded, subscriber } from "./support/assignor-fixtures.ts";

const names = ["range", "roundrobin", "sticky", "cooperative-sticky"] as const;
type JavaName = (typeof names)[number];
const topics = ["a", "b", "c", "d", "e"];

/** One question a line, one answer a line. */
async function askJava(questions: readonly string[]): Promise<readonly string[]> {
  const { program, parameters } = await findKafkaTools();
  const file = fileURLToPath(new URL("./java/Assign.java", import.meta.url));
  const quiet = "-Dorg.slf4j.simpleLogger.defaultLogLevel=off";
  const stdout = await new Promise<string>((resolve, reject) => {
    const options = { maxBuffer: 100_000_000, timeout: 120_000 };
    const child = execFile(program, [...parameters.slice(0, -2), quiet, ...parameters.slice(-2), file], options, (error, out, messages) => {
      if (error === null) resolve(out);
      else reject(new Error(`Java failed: ${messages}`, { cause: error }));
    });
    // It may end before it has read everything.
    child.stdin!.on("error", () => {});
    child.stdin!.end(`${questions.join("\n")}\n`);
  });
  return stdout.trimEnd().split("\n");
}

interface Round {
  readonly name: JavaName;
  readonly counts: Readonly<Record<string, number>>;
  readonly members: readonly Subscriber[];
}

function question({ name, counts, members }: Round): string {
  const sizes = Object.entries(counts).map(([topic, count]) => `${topic}=${count}`);
  const said = members.map((member) => {
    return `${member.memberId}|${member.groupInstanceId ?? "-"}|${encodeSubscription(member).toString("hex")}`;
  });
  return ["assign", name, sizes.join(","), ...said].join(" ");
}

/** Partitions as texts by member; their order is nobody's business. */
function ours({ name, counts, members }: Round): Record<string, string[]> {
  return sorted(decoded(findAssignor(name).assign(members, (topic) => counts[topic] ?? 0)));
}

function theirs(answer: string): Record<string, string[]> {
  const assigned: MemberPartitions = new Map(
    answer.split(" ").map((word) => {
      const [member = "", bytes = ""] = word.split("=");
      return [member, [...decodeAssignment(Buffer.from(bytes, "hex"))]];
    }),
  );
  return sorted(decoded(assigned));
}

/** A difference, short enough to be read. */
function summary({ name, counts, members }: Round, mine: Record<string, string[]>, javas: Record<string, string[]>): string {
  const lines = members.map((member) => {
    const { userData, ...rest } = member;
    const said = JSON.stringify({
      ...rest,
      owned: member.owned.map(({ topic, partition }) => `${topic}-${partition}`).join(" "),
      userData: userData?.toString("hex"),
    });
    return `${said}\n    ours: ${mine[member.memberId]?.join(" ")}\n    java: ${javas[member.memberId]?.join(" ")}`;
  });
  return `${name} ${JSON.stringify(counts)}\n  ${lines.join("\n  ")}`;
}

function sorted(assigned: Record<string, string[]>): Record<string, string[]> {
  return Object.fromEntries(Object.entries(assigned).map(([member, held]) => [member, held.toSorted()]));
}

// One letter each: the order of Java's hash tables, on which its sticky assignors fall back here and there, is that of the alphabet then.
const memberIds = fc.uniqueArray(fc.constantFrom(...Array.from("abcdefghijkl")), { minLength: 1, maxLength: 10 });
const wanted = fc.uniqueArray(fc.constantFrom(...topics), { minLength: 1 });
const countsOf = fc.record(Object.fromEntries(topics.map((topic) => [topic, fc.integer({ min: 0, max: 9 })])));

/** Members as they come to a group that has lived: they hold something, of this generation or an older one, and some want other things than before. */
const rounds = (name: JavaName): fc.Arbitrary<Round> =>
  fc
    .tuple(
      memberIds,
      wanted,
      countsOf,
      fc.boolean(),
      fc.infiniteStream(fc.tuple(wanted, fc.integer({ min: 0, max: 9 }), fc.integer({ min: 3, max: 5 }))),
    )
    .map(([ids, common, counts, isEqual, more]) => {
      const assignor = findAssignor(name);
      const before = assignor.assign(
        ids.map((id) => subscriber(id, common)),
        (topic) => counts[topic] ?? 0,
      );
      const members = ids.map((id) => {
        const [mine, chance, older] = more.next().value!;
        const isStatic = chance >= 7;
        const generationId = chance === 0 ? -1 : chance === 1 ? older : 5;
        const topicsNow = isEqual ? common : mine;
        const had: readonly TopicPartition[] = chance === 2 || generationId < 0 ? [] : before.get(id)!;
        // Java gives a member that comes back from an older generation what it held then, whether it still wants it or not; ours does not.
        const held = generationId < 5 ? had.filter(({ topic }) => topicsNow.includes(topic)) : had;
        return subscriber(id, topicsNow, {
          groupInstanceId: isStatic ? `i${9 - chance}${id}` : null,
          userData: assignor.userData(generationId < 0 ? null : { partitions: held, generationId }),
          owned: assignor.isCooperative ? held : [],
          generationId,
        });
      });
      return { name, counts, members };
    });

test("assignments are those of Java's assignors, for a thousand random groups of each", async () => {
  const cases = names.flatMap((name, index) => fc.sample(rounds(name), { numRuns: 1_000, seed: 4_310 + index }));
  const answers = await askJava(cases.map(question));
  expect(answers).toHaveLength(cases.length);
  const different = cases.flatMap((round, index) => {
    const [mine, javas] = [ours(round), theirs(answers[index]!)];
    return isDeepStrictEqual(mine, javas) ? [] : [summary(round, mine, javas)];
  });
  expect(different.slice(0, 3), `${different.length} of ${cases.length} differ`).toEqual([]);
}, 180_000);

test("a member's subscription has the bytes that Java's consumer writes, user data included", async () => {
  const partition = fc.record({ topic: fc.constantFrom("a", "b", "c"), partition: fc.integer({ min: 0, max: 300 }) });
  const subscription = fc.record({
    name: fc.constantFrom(...names),
    topics: fc.uniqueArray(fc.constantFrom("a", "b", "c"), { minLength: 1 }).map((list) => list.sort()),
    owned: fc.uniqueArray(partition, { selector: (held) => JSON.stringify(held), maxLength: 8 }),
    generationId: fc.integer({ min: -1, max: 1_000_000 }),
  });
  // As a consumer has them: by topic.
  const cases = fc.sample(subscription, { numRuns: 300, seed: 4_310 }).map((each) => ({
    ...each,
    owned:
      each.generationId < 0
        ? []
        : each.owned.toSorted((a, b) => (a.topic < b.topic ? -1 : a.topic > b.topic ? 1 : a.partition - b.partition)),
  }));
  const answers = await askJava(
    cases.map(({ name, topics: mine, owned, generationId }) => {
      const held = owned.map(({ topic, partition: number }) => `${topic}/${number}`).join(",");
      return `subscription ${name} ${mine.join(",")} ${held === "" ? "-" : held} ${generationId}`;
    }),
  );
  for (const [index, { name, topics: mine, owned, generationId }] of cases.entries()) {
    const assignor = findAssignor(name);
    const userData = assignor.userData(generationId < 0 ? null : { partitions: owned, generationId });
    const bytes = encodeSubscription({ topics: mine, userData, owned: assignor.isCooperative ? owned : [], generationId });
    expect(bytes.toString("hex"), JSON.stringify(cases[index])).toBe(answers[index]);
  }
}, 180_000);
