import { expect, test } from "vitest";
import type { GroupDescription } from "../index.ts";
import { type ClusterView, groupMembers, type KafkaCheckContext } from "./index.ts";

type Member = GroupDescription["members"][number];

const member = (clientId: string): Member => ({
  memberId: `${clientId}-1`,
  groupInstanceId: null,
  clientId,
  clientHost: "/10.0.0.7",
  assignment: [],
});

/** What is found of a group of classic consumers that is stable, but for what is given. */
async function found(group: Partial<GroupDescription>, context: Partial<KafkaCheckContext> = {}) {
  const described: GroupDescription = {
    group: "billing",
    state: "stable",
    type: "classic",
    protocolType: "consumer",
    protocol: "range",
    coordinator: { host: "node", port: 9092 },
    members: [member("shop")],
    ...group,
  };
  const cluster = { group: async () => described } as unknown as ClusterView;
  const { signal } = new AbortController();
  return await groupMembers.run({ topics: [], groups: ["billing"], clientIds: ["shop"], cluster, ...context }, signal);
}

test.each([
  ["members of Java beside ours", { protocol: "range" }],
  ["members of plain kafkajs", { protocol: "RoundRobinAssigner" }],
  ["a group that rebalances, which has no assignor", { state: "preparing_rebalance" as const, protocol: "" }],
  ["a group without members, whoever was in it", { state: "empty" as const, protocol: "", protocolType: "connect", members: [] }],
  ["a group without members to whom the broker assigned", { state: "empty" as const, type: "consumer", protocol: "uniform", members: [] }],
  ["a group that does not exist", { state: "dead" as const, protocol: "", protocolType: "", members: [] }],
])("nothing is found of %s", async (_, group) => {
  expect(await found(group)).toEqual([]);
});

test("finds group-assignor-differs: one that is not configured, brokers that assign, members that are no consumers", async () => {
  const problem = "group-assignor-differs";
  const fix = (words: string): unknown => expect.stringContaining(words);
  expect(await found({ protocol: "cooperative-sticky" })).toMatchObject([
    {
      problem,
      severity: "error",
      subject: "group billing",
      fix: fix('assignors: ["cooperative-sticky"]'),
      evidence: { type: "classic", protocolType: "consumer", assignor: "cooperative-sticky", configured: ["range", "RoundRobinAssigner"] },
    },
  ]);
  expect(await found({ protocol: "cooperative-sticky" }, { consumer: { assignors: ["cooperative-sticky"] } })).toEqual([]);
  const other = { group: "other", assignors: ["cooperative-sticky"] } as const;
  expect(await found({ protocol: "range" }, { consumer: other })).toEqual([]);
  expect(await found({ protocol: "our-own" })).toMatchObject([{ problem, fix: fix("Let the other members offer range or RoundRobin") }]);
  expect(await found({ type: "consumer", protocol: "uniform" })).toMatchObject([{ problem, severity: "warning" }]);
  expect(await found({ protocolType: "connect", protocol: "sessioned" })).toMatchObject([
    { problem, severity: "error", fix: "Take another group name." },
  ]);
});

test("finds group-members-unknown, with who they are and where; nobody is unknown where nobody is known", async () => {
  const members = ["shop", "other", "other", ""].map(member);
  expect(await found({ members })).toMatchObject([
    {
      problem: "group-members-unknown",
      severity: "warning",
      subject: "group billing",
      message: expect.stringContaining("3 of 4 members") as unknown,
      evidence: { members: ["other at /10.0.0.7", " at /10.0.0.7"], known: ["shop"] },
    },
  ]);
  expect(await found({ members }, { clientIds: ["shop", "other", ""] })).toEqual([]);
  expect(await found({ members: [member("shop-7"), member("shop-8")] }, { clientIds: ["shop-*"] })).toEqual([]);
  expect(await found({ members }, { clientIds: [] })).toEqual([]);
});

test("without groups or a cluster nothing can be told", () => {
  const context: KafkaCheckContext = { topics: [], groups: [], clientIds: [] };
  expect(groupMembers.blockedBy(context)).toBe("no consumer group was given");
  expect(groupMembers.blockedBy({ ...context, groups: ["billing"] })).toBe("no client of the cluster was given");
});
