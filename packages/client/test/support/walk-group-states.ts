import { waitFor } from "@millrace/testing";
import { expect } from "vitest";
import { createHarness, uniqueName } from "./client-harness.ts";
import { createSteppingMember, type SteppingMember } from "./group-member.ts";

/** Takes a group through every state that it may be in, and looks at each. */
export async function walkGroupStates(brokers: readonly string[]): Promise<void> {
  const harness = createHarness(brokers);
  const [admin, topic] = [await harness.admin(), await harness.topic()];
  const group = uniqueName("states");
  const members: SteppingMember[] = [];
  const member = async (): Promise<SteppingMember> => {
    const made = await createSteppingMember(harness.transport, group, topic);
    members.push(made);
    return made;
  };
  const state = async (): Promise<string | undefined> => (await admin.describeGroups([group]))[0]?.state;
  try {
    const first = await member();
    expect(await state()).toBe("dead");
    await first.join();
    expect(await state()).toBe("completing_rebalance");
    await first.sync();
    expect(await state()).toBe("stable");
    const [described] = await admin.describeGroups([group]);
    expect(described?.members).toMatchObject([{ groupInstanceId: null, assignment: [{ topic, partition: 0 }] }]);
    const second = await member();
    const joining = second.join();
    await waitFor(async () => (await state()) === "preparing_rebalance", { timeoutMs: 15_000 });
    expect((await admin.listGroups({ states: ["preparing_rebalance"] })).map((listed) => listed.group)).toContain(group);
    await first.leave();
    await joining;
    await second.leave();
    expect(await state()).toBe("empty");
    expect(await admin.deleteGroups([group])).toEqual([group]);
    expect(await state()).toBe("dead");
  } finally {
    for (const made of members) made.close();
    await harness.close();
  }
}
