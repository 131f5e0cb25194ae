import type { Check, Finding } from "@millrace/core";
import { offsetsTopic } from "./cluster-view.ts";
import { type KafkaCheckContext, withoutNetwork } from "./kafka-check-context.ts";
import { isSilent, probeAll, type SilentAddress } from "./probed-addresses.ts";

/** Whether the configured servers answer, all of them, and whether the cluster misses a broker that holds its records. */
export const reachableBrokers: Check<KafkaCheckContext> = {
  finds: ["broker-unreachable", "broker-down"],
  blockedBy: withoutNetwork,
  async run(context) {
    const servers = await probeAll(context, context.connection?.brokers ?? []);
    const silent = servers.filter(isSilent);
    if (silent.length === servers.length) return silent.map((server) => unreachable(server, servers.length > 1));
    const loss = await lossOf(context);
    if (silent.length > 0) return silent.map((server) => serverDown(server, loss));
    return loss.missing.map((id) => brokerMissing(id, loss));
  },
};

/** What brokers that are away take with them. */
interface Loss {
  readonly running: readonly number[];
  /** Ids of brokers that hold replicas and do not run. */
  readonly missing: readonly number[];
  /** Declared partitions that nobody leads, as `topic-0`. */
  readonly withoutLeader: readonly string[];
}

/** As far as the cluster tells. */
async function lossOf({ cluster, topics }: KafkaCheckContext): Promise<Loss> {
  const running = (await cluster?.describe().catch(() => undefined))?.brokers.map(({ id }) => id);
  if (cluster === undefined || running === undefined) return { running: [], missing: [], withoutLeader: [] };
  const names = topics.map(({ name }) => name);
  // The last one's partitions are on every broker.
  const described = await Promise.all([...names, offsetsTopic].map((name) => cluster.topic(name).catch(() => null)));
  const partitions = described.flatMap((topic) => topic?.partitions.map((partition) => ({ ...partition, topic: topic.name })) ?? []);
  const replicas = new Set(partitions.flatMap((partition) => partition.replicas));
  return {
    running,
    missing: [...replicas].filter((id) => !running.includes(id)).sort((a, b) => a - b),
    withoutLeader: partitions
      .filter(({ topic, leader }) => leader < 0 && names.includes(topic))
      .map(({ topic, partition }) => `${topic}-${partition}`),
  };
}

function unreachable({ address, probe }: SilentAddress, isOneOfSeveral: boolean): Finding {
  return {
    problem: "broker-unreachable",
    severity: "error",
    subject: `broker ${address}`,
    message: `Server ${address} of connection.brokers ${probe.why}${isOneOfSeveral ? ", and none of the others is a broker that answers" : ""}.`,
    evidence: evidenceOf({ address, probe }),
    fix: fixOf(probe),
  };
}

function fixOf(probe: SilentAddress["probe"]): string {
  if (probe.found === "nobody") {
    return "Start the broker, correct connection.brokers, or open the way from this machine to it (firewall, container port, VPN).";
  }
  return probe.isMute
    ? "See whether the broker or this machine hangs or is overloaded; else correct connection.brokers: no Kafka broker is there, or something stands before one that is away."
    : "Correct connection.brokers: what answers there is no Kafka broker, or stands before one that is away.";
}

function serverDown(server: SilentAddress, loss: Loss): Finding {
  const { address, probe } = server;
  return {
    ...down(loss),
    subject: `broker ${address}`,
    message: `Server ${address} of connection.brokers ${probe.why}, while another one answers.${consequence(loss)}`,
    evidence: { ...evidenceOf(server), ...evidenceOfLoss(loss) },
    fix: "Start that broker, or take its address out of connection.brokers when it is gone for good.",
  };
}

function brokerMissing(id: number, loss: Loss): Finding {
  return {
    ...down(loss),
    subject: `broker ${id}`,
    message: `Broker ${id} holds replicas, and is not among the brokers that run (${loss.running.join(", ")}).${consequence(loss)}`,
    evidence: evidenceOfLoss(loss),
    fix: "Start that broker, or move its replicas to others (kafka-reassign-partitions) when it is gone for good.",
  };
}

function down({ withoutLeader }: Loss): Pick<Finding, "problem" | "severity"> {
  return { problem: "broker-down", severity: withoutLeader.length > 0 ? "error" : "warning" };
}

function consequence({ withoutLeader }: Loss): string {
  return withoutLeader.length === 0
    ? ""
    : ` Nobody leads ${withoutLeader.length} of the declared partitions: they cannot be read or written.`;
}

const mostNamed = 20;

function evidenceOfLoss({ missing, withoutLeader }: Loss): Finding["evidence"] {
  return { missingBrokers: missing.map(String), partitionsWithoutLeader: withoutLeader.slice(0, mostNamed) };
}

function evidenceOf({ address, probe }: SilentAddress): Finding["evidence"] {
  return { address, found: probe.found, ...(probe.found === "nobody" && { code: probe.code }) };
}
