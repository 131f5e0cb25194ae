import type { AssignorName } from "@millrace/kafka";
import { waitFor } from "@millrace/testing";
import { afterEach, expect, inject, test } from "vitest";
import { createHarness, record, uniqueName } from "./support/client-harness.ts";
import { startJavaMember } from "./support/java-member.ts";

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((made) => made.close()));
});

const patience = { timeoutMs: 30_000 };
const numbers = (held: readonly { readonly partition: number }[]): readonly number[] =>
  held.map(({ partition }) => partition).toSorted((a, b) => a - b);

test.each<[AssignorName, string]>([
  ["range", "RangeAssignor"],
  ["roundrobin", "RoundRobinAssignor"],
  ["sticky", "StickyAssignor"],
  ["cooperative-sticky", "CooperativeStickyAssignor"],
])(
  "a Java consumer and members of ours share a group by %s, whoever leads it, and every record is read",
  async (assignor, javaClass) => {
    const ours = createHarness(inject("kafkaBrokers"));
    open.push(ours);
    const topic = await ours.topic(6);
    const group = uniqueName("java");
    const producer = await ours.producer();
    await producer.partitionCount(topic);
    const everywhere = async (word: string): Promise<readonly string[]> => {
      const batches = [0, 1, 2, 3, 4, 5].map((partition) => ({ topic, partition, records: [record(`${word}${partition}`)] }));
      await producer.send(batches);
      return batches.map(({ partition }) => `${word}${partition}`);
    };
    const startJava = async () => {
      const member = await startJavaMember({ brokers: inject("kafkaBrokers"), group, topic, assignor: javaClass });
      open.push(member);
      return member;
    };
    const joinOurs = async () => await ours.join({ group, topics: [topic], assignors: [assignor], rebalanceTimeoutMs: 20_000 });
    // Commits what it holds before it goes, as Java does.
    const leave = async (member: Awaited<ReturnType<typeof joinOurs>>): Promise<void> => {
      const offsets = member.batches.map(({ partition, nextOffset }) => ({ topic, partition, offset: nextOffset, metadata: null }));
      const held = new Set(numbers(member.held()));
      await member.consumer.commit(
        offsets.filter(({ partition }) => held.has(partition)),
        member.membership(),
      );
      await member.consumer.close();
    };

    // Ours leads.
    const first = await joinOurs();
    await waitFor(() => first.held().length === 6, patience);
    const java = await startJava();
    await waitFor(() => first.held().length === 3 && java.held().length === 3, patience).catch((error: unknown) => {
      throw new Error(java.messages.join("\n"), { cause: error });
    });
    expect([...numbers(first.held()), ...java.held()].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5]);
    const a = await everywhere("a");
    await waitFor(() => first.values().length + java.values.length >= 6, patience);
    expect([...first.values(), ...java.values].toSorted((x, y) => (x < y ? -1 : 1))).toEqual(a);
    if (assignor === "cooperative-sticky") expect(first.revocations.flatMap(({ partitions }) => partitions)).toHaveLength(3);

    // Java is left alone, and leads.
    await leave(first);
    await waitFor(() => java.held().length === 6, patience);
    const second = await joinOurs();
    await waitFor(() => second.held().length === 3 && java.held().length === 3, patience);
    expect([...numbers(second.held()), ...java.held()].sort((x, y) => x - y)).toEqual([0, 1, 2, 3, 4, 5]);
    if (assignor === "cooperative-sticky") expect(java.revoked).toHaveLength(3);
    const b = await everywhere("b");
    await waitFor(() => b.every((value) => second.values().includes(value) || java.values.includes(value)), patience);

    // Ours goes on alone from what Java committed.
    await java.close();
    await waitFor(() => second.held().length === 6, patience);
    const c = await everywhere("c");
    await waitFor(() => c.every((value) => second.values().includes(value)), patience);
  },
  120_000,
);
