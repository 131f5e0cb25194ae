import { metricCatalogue } from "./metric-catalogue.ts";
import { prometheusLabel, prometheusName } from "./prometheus-name.ts";

/** An alert of Prometheus. */
export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  /** How long it must hold before somebody is told. */
  readonly for: string;
  readonly severity: "warning" | "critical";
  readonly summary: string;
  readonly description: string;
}

/** The name in Prometheus of a metric of the catalogue. */
export function seriesOf(name: string): string {
  const definition = metricCatalogue.find((known) => known.name === name);
  if (definition === undefined) throw new Error(`the catalogue has no metric ${name}`);
  return prometheusName({ name, unit: definition.unit, type: definition.kind });
}

const group = prometheusLabel("messaging.consumer.group.name");
const topic = prometheusLabel("messaging.destination.name");
const error = prometheusLabel("error.type");
const status = prometheusLabel("millrace.status");
const by = `by (${group}, ${topic})`;
/** Labels that Prometheus adds: a process. */
const process = "job, instance";
const of = `{{ $labels.${topic} }} in group {{ $labels.${group} }}`;

/**
 * Whether a counter grew within ten minutes. `increase` does not see the first sample of a series, which for what happens seldom is all that there is; a series
 * that Prometheus has not seen for an hour has grown from 0.
 */
function grew(series: string, grouped: string): string {
  return `sum ${grouped} (increase(${series}[10m])) > 0 or sum ${grouped} (${series} unless last_over_time(${series}[1h] offset 10m)) > 0`;
}

/** Alerts that need no knowledge of the application. What is normal for it belongs in rules of its own. */
export function alertRules(): readonly AlertRule[] {
  const attempts = `${seriesOf("messaging.process.duration")}_count`;
  const waiting = `sum ${by} (${seriesOf("millrace.records.waiting")})[30m:1m]`;
  const ended = prometheusLabel("millrace.outcome");
  return [
    {
      alert: "MillraceStalled",
      expr: `min by (${group}, ${process}) (min_over_time(${seriesOf("millrace.records.queued")}[10m])) > 0 unless sum by (${group}, ${process}) (rate(${attempts}[10m])) > 0`,
      for: "5m",
      severity: "critical",
      summary: `Group {{ $labels.${group} }} has records in {{ $labels.instance }} and handles none`,
      description: "Records wait in the process and no attempt has ended for ten minutes: handlers hang, or what they wait for is gone.",
    },
    {
      alert: "MillraceDeadLetters",
      expr: grew(seriesOf("millrace.records.dead-lettered"), by),
      for: "0m",
      severity: "warning",
      summary: `Dead letters of ${of}`,
      description: "Records were put aside. Look at their failures, and redrive them when what was wrong is mended.",
    },
    {
      alert: "MillraceAttemptsFail",
      expr: `sum ${by} (rate(${attempts}{${error}!=""}[10m])) / sum ${by} (rate(${attempts}[10m])) > 0.1`,
      for: "10m",
      severity: "warning",
      summary: `More than a tenth of the attempts at ${of} fail`,
      description: "Retries hide it from users as yet.",
    },
    {
      alert: "MillraceRetriesPileUp",
      expr: `min_over_time(${waiting}) > 0 and deriv(${waiting}) > 0`,
      for: "30m",
      severity: "warning",
      summary: `Ever more records of ${of} wait to be tried again`,
      description: "More fail than get through.",
    },
    {
      alert: "MillraceSendsFail",
      expr: `sum by (${topic}, ${error}) (rate(${seriesOf("messaging.client.sent.messages")}{${error}!=""}[5m])) > 0`,
      for: "5m",
      severity: "critical",
      summary: `Messages for {{ $labels.${topic} }} are not stored: {{ $labels.${error} }}`,
      description: "The brokers refuse them, or do not answer in time.",
    },
    {
      alert: "MillraceHeadOfLine",
      expr: grew(seriesOf("millrace.head.of.line"), by),
      for: "0m",
      severity: "warning",
      summary: `One record holds back a partition of ${of}`,
      description: "Nearly everything behind it is settled and cannot be committed.",
    },
    {
      alert: "MillraceRebalancesOften",
      // Each member counts every rebalance.
      expr: `max by (${group}) (sum by (${group}, ${process}) (increase(${seriesOf("millrace.rebalances")}[15m]))) > 10`,
      for: "5m",
      severity: "warning",
      summary: `Group {{ $labels.${group} }} rebalances again and again`,
      description: "Members come and go, or are thrown out because they do not answer in time.",
    },
    {
      alert: "MillraceEventLoopBlocked",
      expr: `max ${by} (rate(${seriesOf("millrace.slow.seconds")}{${prometheusLabel("millrace.reason")}="event-loop-blocked"}[5m])) > 0.2`,
      for: "5m",
      severity: "warning",
      summary: `A process that handles ${of} is busy with itself`,
      description: "Handlers compute for too long without giving way; heartbeats are late.",
    },
    {
      alert: "MillraceTransactionsFail",
      expr: grew(`${seriesOf("millrace.transactions")}{${ended}=~"fenced|in-doubt"}`, `by (${ended})`),
      for: "0m",
      severity: "warning",
      summary: `Transactions ended {{ $labels.${ended} }}`,
      description: "Fenced: another process has the transactional id. In doubt: the broker did not answer a commit.",
    },
    {
      alert: "MillraceGroupInTrouble",
      expr: `sum by (${group}, ${status}) (${seriesOf("millrace.lag.partitions")}{${status}=~"stopped|stalled|rewound"}) > 0`,
      for: "5m",
      severity: "critical",
      summary: `Partitions of group {{ $labels.${group} }} are {{ $labels.${status} }}`,
      description: "Stopped: nobody consumes them. Stalled: somebody does and commits nothing. Rewound: the group's offset went back.",
    },
    {
      alert: "MillraceConnectionsLost",
      expr: `sum by (${process}) (increase(${seriesOf("millrace.connections.lost")}[10m])) > 10`,
      for: "5m",
      severity: "warning",
      summary: "{{ $labels.instance }} loses its connections to brokers again and again",
      description: "Brokers restart, the network is bad, or something between closes idle connections.",
    },
  ];
}

/** The rules as a file for Prometheus. */
export function renderAlertRules(): string {
  const lines = [
    "# Made by @millrace/metrics out of its catalogue of metrics; not to be changed by hand.",
    "groups:",
    "  - name: millrace",
    "    rules:",
  ];
  for (const { alert, expr, for: held, severity, summary, description } of alertRules()) {
    lines.push(
      `      - alert: ${alert}`,
      `        expr: ${JSON.stringify(expr)}`,
      `        for: ${held}`,
      "        labels:",
      `          severity: ${severity}`,
      "        annotations:",
      `          summary: ${JSON.stringify(summary)}`,
      `          description: ${JSON.stringify(description)}`,
    );
  }
  return `${lines.join("\n")}\n`;
}
