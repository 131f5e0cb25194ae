import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { alertRules, grafanaDashboard } from "../src/index.ts";

/** Debian's package `prometheus` has it. */
const tool = "promtool";
const isThere = spawnSync(tool, ["--version"]).error === undefined;
const rules = fileURLToPath(new URL("../../../docs/metrics/alert-rules.yml", import.meta.url));

const shop = 'job="shop",instance="a",messaging_consumer_group_name="g"';
const other = shop.replace('"a"', '"b"');
const topic = 'messaging_destination_name="orders"';
const attempts = (who: string, error = ""): string =>
  `messaging_process_duration_seconds_count{${who},${topic}${error === "" ? "" : `,error_type="${error}"`}}`;

/** Samples a minute, in promtool's notation: `1+2x3` is 1 3 5 7, `_x3` is three minutes without any. */
interface Story {
  readonly title: string;
  readonly series: Readonly<Record<string, string>>;
  /** Which alerts fire at a minute, and no others. */
  readonly firing: Readonly<Record<number, readonly string[]>>;
}

const stories: readonly Story[] = [
  {
    title: "a process has records and handles none",
    series: { [`millrace_records_queued{${shop}}`]: "3x60", [attempts(shop)]: "7x60" },
    firing: { 3: [], 20: ["MillraceStalled"] },
  },
  {
    title: "one process of two hangs, and the other one works",
    series: {
      [`millrace_records_queued{${shop}}`]: "3x60",
      [attempts(shop)]: "7x60",
      [`millrace_records_queued{${other}}`]: "5x60",
      [attempts(other)]: "0+30x60",
    },
    firing: { 20: ["MillraceStalled"] },
  },
  {
    title: "a queue that is empty now and then, and a long handler that comes back, are not stalled",
    series: {
      [`millrace_records_queued{${shop}}`]: "3 0 3 3 3 3 3 3 0 3 3 3 3 3 3 3 0 3 3 3 3 3 3 0 3 3 3 3",
      [attempts(shop)]: "7x60",
      [`millrace_records_queued{${other}}`]: "5x60",
      [attempts(other)]: "0x8 1x8 2x8 3x8 4x8",
    },
    firing: { 9: [], 20: [], 25: [] },
  },
  {
    title: "the first dead letter of a process is told of, and again nothing after a while",
    series: { [`millrace_records_dead_lettered_total{${shop},${topic}}`]: "_x15 1x60" },
    firing: { 10: [], 17: ["MillraceDeadLetters"], 24: ["MillraceDeadLetters"], 40: [] },
  },
  {
    title: "another dead letter is told of, a restart of the process is not",
    series: { [`millrace_records_dead_lettered_total{${shop},${topic}}`]: "4x20 5x20 0x40" },
    firing: { 15: [], 22: ["MillraceDeadLetters"], 38: [], 45: [], 70: [] },
  },
  {
    title: "more than a tenth of the attempts fail",
    series: { [attempts(shop)]: "0+80x60", [attempts(shop, "Error")]: "0+20x60" },
    firing: { 5: [], 30: ["MillraceAttemptsFail"] },
  },
  {
    title: "a twentieth of the attempts fails",
    series: { [attempts(shop)]: "0+95x60", [attempts(shop, "Error")]: "0+5x60" },
    firing: { 30: [], 60: [] },
  },
  {
    title: "a short burst of failures",
    series: { [attempts(shop)]: "0+80x60", [attempts(shop, "Error")]: "0x20 40x40" },
    firing: { 22: [], 29: [], 40: [] },
  },
  {
    title: "ever more records wait to be tried again",
    series: { [`millrace_records_waiting{${shop},${topic}}`]: "10+5x120" },
    firing: { 20: [], 100: ["MillraceRetriesPileUp"] },
  },
  {
    title: "as many wait all the time, and move from one process to the other",
    series: {
      [`millrace_records_waiting{${shop},${topic}}`]: "1+1x120",
      [`millrace_records_waiting{${other},${topic}}`]: "121-1x120",
    },
    firing: { 50: [], 100: [] },
  },
  {
    title: "messages are not stored",
    series: { [`messaging_client_sent_messages_total{job="shop",${topic},error_type="KAFKA_TIMED_OUT"}`]: "_x10 1+1x40" },
    firing: { 9: [], 12: [], 30: ["MillraceSendsFail"] },
  },
  {
    title: "one message was not stored, and thousands were",
    series: {
      [`messaging_client_sent_messages_total{job="shop",${topic},error_type="KAFKA_TIMED_OUT"}`]: "0x10 1x40",
      [`messaging_client_sent_messages_total{job="shop",${topic}}`]: "0+1000x50",
    },
    firing: { 12: [], 20: [], 40: [] },
  },
  {
    title: "one record holds back its partition, for the first time",
    series: { [`millrace_head_of_line_total{${shop},${topic}}`]: "_x15 1x60" },
    firing: { 10: [], 17: ["MillraceHeadOfLine"], 40: [] },
  },
  {
    title: "a group rebalances again and again",
    series: { [`millrace_rebalances_total{${shop}}`]: "0+1x60" },
    firing: { 5: [], 30: ["MillraceRebalancesOften"] },
  },
  {
    title: "thirty members rebalance twice, as when one of them is replaced",
    series: Object.fromEntries(
      Array.from({ length: 30 }, (_, index) => [`millrace_rebalances_total{${shop.replace('"a"', `"${index}"`)}}`, "1x20 2x5 3x60"]),
    ),
    firing: { 22: [], 30: [], 35: [] },
  },
  {
    title: "an event loop is blocked",
    series: { [`millrace_slow_seconds_total{${shop},${topic},millrace_reason="event-loop-blocked"}`]: "0+20x60" },
    firing: { 3: [], 20: ["MillraceEventLoopBlocked"] },
  },
  {
    title: "ten processes compute a little, and one waits for its handlers",
    series: {
      ...Object.fromEntries(
        Array.from({ length: 10 }, (_, index) => [
          `millrace_slow_seconds_total{${shop.replace('"a"', `"${index}"`)},${topic},millrace_reason="event-loop-blocked"}`,
          "0+3x60",
        ]),
      ),
      [`millrace_slow_seconds_total{${shop},${topic},millrace_reason="handlers-busy"}`]: "0+60x60",
    },
    firing: { 20: [], 50: [] },
  },
  {
    title: "a transaction was fenced, for the first time",
    series: {
      'millrace_transactions_total{job="shop",instance="a",millrace_outcome="fenced"}': "_x15 1x60",
      'millrace_transactions_total{job="shop",instance="a",millrace_outcome="committed"}': "0+50x75",
    },
    firing: { 10: [], 17: ["MillraceTransactionsFail"], 40: [] },
  },
  {
    title: "transactions are committed, and some aborted",
    series: {
      'millrace_transactions_total{job="shop",instance="a",millrace_outcome="aborted"}': "0+2x75",
      'millrace_transactions_total{job="shop",instance="a",millrace_outcome="committed"}': "0+50x75",
    },
    firing: { 40: [] },
  },
  ...["stopped", "stalled", "rewound"].map(
    (status): Story => ({
      title: `a group is ${status}`,
      series: { [`millrace_lag_partitions{${shop},millrace_status="${status}"}`]: "0x10 2x30 0x10" },
      firing: { 9: [], 12: [], 20: ["MillraceGroupInTrouble"], 45: [] },
    }),
  ),
  {
    title: "groups are idle, slow, paused or not known",
    series: Object.fromEntries(
      ["ok", "idle", "paused", "warning", "unknown"].map((status) => [
        `millrace_lag_partitions{${shop},millrace_status="${status}"}`,
        "4x60",
      ]),
    ),
    firing: { 20: [], 50: [] },
  },
  {
    title: "a process loses its connections again and again",
    series: { 'millrace_connections_lost_total{job="shop",instance="a"}': "0+2x60" },
    firing: { 3: [], 30: ["MillraceConnectionsLost"] },
  },
  {
    title: "brokers are restarted one after the other, and a hundred processes lose their connections to them",
    series: Object.fromEntries(
      Array.from({ length: 100 }, (_, index) => [`millrace_connections_lost_total{job="shop",instance="${index}"}`, "0x20 2x2 4x2 6x60"]),
    ),
    firing: { 22: [], 28: [], 40: [] },
  },
];

// Prometheus is not a package that npm has: where it is not installed there is nothing to try.
test.skipIf(!isThere)(
  "each alert fires when it should and not when it should not",
  async () => {
    const folder = await mkdtemp(join(tmpdir(), "millrace-alerts-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const suite = {
      rule_files: [rules],
      evaluation_interval: "1m",
      tests: stories.map(({ title, series, firing }) => ({
        name: title,
        interval: "1m",
        input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
        promql_expr_test: Object.entries(firing).map(([minute, alerts]) => ({
          expr: 'count by (alertname) (ALERTS{alertstate="firing"})',
          eval_time: `${minute}m`,
          exp_samples: alerts.map((alertname) => ({ labels: `{alertname="${alertname}"}`, value: 1 })),
        })),
      })),
    };
    // JSON is YAML.
    await writeFile(join(folder, "alerts.test.yml"), JSON.stringify(suite));
    const { stdout, stderr, status } = spawnSync(tool, ["test", "rules", join(folder, "alerts.test.yml")], { encoding: "utf8" });
    expect(stdout + stderr).not.toContain("FAILED");
    expect(status, stderr).toBe(0);
    const tried = new Set(stories.flatMap(({ firing }) => Object.values(firing).flat()));
    expect([...tried].toSorted()).toEqual(
      alertRules()
        .map(({ alert }) => alert)
        .toSorted(),
    );
  },
  120_000,
);

// As above.
test.skipIf(!isThere)("Prometheus understands what every panel of the dashboard asks", async () => {
  const folder = await mkdtemp(join(tmpdir(), "millrace-panels-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const panels = grafanaDashboard()["panels"] as { readonly targets: { readonly expr: string }[] }[];
  const asked = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
  // What Grafana fills in.
  const filled = asked.map((expr) => expr.replaceAll("$__rate_interval", "1m").replaceAll("$group", "a|b"));
  expect(filled.filter((expr) => expr.includes("$"))).toEqual([]);
  const recorded = (expressions: readonly string[]): string =>
    JSON.stringify({ groups: [{ name: "panels", rules: expressions.map((expr, index) => ({ record: `panel:${index}`, expr })) }] });
  const check = async (expressions: readonly string[]) => {
    await writeFile(join(folder, "panels.yml"), recorded(expressions));
    return spawnSync(tool, ["check", "rules", join(folder, "panels.yml")], { encoding: "utf8" });
  };
  expect(await check(filled)).toMatchObject({ status: 0, stderr: "" });
  expect((await check(["sum by ("])).status).not.toBe(0);
});
