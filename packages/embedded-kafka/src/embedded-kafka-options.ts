import { InvalidOptionsError } from "@millrace/core";
import type { BrokerEngineOptions } from "./engine/broker-engine-options.ts";
import { type OptionShape, soundOptions } from "./engine/sound-options.ts";

/** How an embedded Kafka starts. */
export interface EmbeddedKafkaOptions extends Omit<BrokerEngineOptions, "nodes"> {
  /** Brokers of the cluster. @default 1 */
  readonly nodes?: number | undefined;
  /** Id of the first broker; the others have those that follow. Kafka: `node.id`. @default 1 */
  readonly firstNodeId?: number | undefined;
  /** Port to listen on; 0 takes a free one. Further brokers have the ports that follow it, or free ones. @default 0 */
  readonly port?: number | undefined;
  /** The port of each broker, instead of `port`. */
  readonly ports?: readonly number[] | undefined;
  /**
   * Address to listen on: a loopback address, since there is no security. `localhost` is 127.0.0.1 and ::1. With `::1` alone the brokers are
   * written as `[::1]:9092`, which kafkajs cannot read. @default "127.0.0.1"
   */
  readonly host?: string | undefined;
  /** Largest request. Kafka: `socket.request.max.bytes`. @default 104_857_600 */
  readonly maxRequestBytes?: number | undefined;
  /** A connection that says nothing for so long is closed. Kafka: `connections.max.idle.ms`. @default 600_000 */
  readonly connectionIdleMs?: number | undefined;
}

/** The options of the sockets, with every default filled in; what is left is the engine's. */
export interface ResolvedEmbeddedKafkaOptions {
  readonly host: string;
  readonly firstNodeId: number;
  /** One for each broker. */
  readonly ports: readonly number[];
  readonly maxRequestBytes: number;
  readonly connectionIdleMs: number;
  readonly engineOptions: Omit<BrokerEngineOptions, "nodes">;
  readonly problems: readonly string[];
}

type ShellOptions = Omit<EmbeddedKafkaOptions, keyof Omit<BrokerEngineOptions, "nodes">>;

const shellShape: OptionShape<ShellOptions> = {
  nodes: "number",
  firstNodeId: "number",
  port: "number",
  ports: "list",
  host: "string",
  maxRequestBytes: "number",
  connectionIdleMs: "number",
};
const loopback = /^(localhost|::1|127(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3})$/;
const mostNodes = 100;
// Ids are 32-bit numbers, those of the last nodes too.
const highestFirstNodeId = 2 ** 31 - mostNodes;

/** Fills in the defaults of the sockets. The engine knows its own options, and so also which ones there are not. */
export function resolveEmbeddedKafkaOptions(given: EmbeddedKafkaOptions): ResolvedEmbeddedKafkaOptions {
  if (typeof given !== "object" || given === null)
    throw new InvalidOptionsError("embedded Kafka", [`the options must be an object such as { port: 9092 }, not ${String(given)}`]);
  const {
    nodes: givenNodes,
    firstNodeId: givenFirst,
    port: givenPort,
    ports: givenPorts,
    host: givenHost,
    maxRequestBytes: bytes,
    connectionIdleMs: idle,
    ...rest
  } = given;
  const own = {
    nodes: givenNodes,
    firstNodeId: givenFirst,
    port: givenPort,
    ports: givenPorts,
    host: givenHost,
    maxRequestBytes: bytes,
    connectionIdleMs: idle,
  };
  const { sound, problems: ofShape } = soundOptions<ShellOptions>(own, shellShape);
  const { nodes = 1, firstNodeId = 1, port = 0, host = "127.0.0.1", maxRequestBytes = 104_857_600, connectionIdleMs = 600_000 } = sound;
  const { ports = portsFrom(port, nodes) } = sound;
  const problems = [...ofShape];
  if (!loopback.test(host)) problems.push(`host must be a loopback address such as 127.0.0.1, since there is no security, not "${host}"`);
  if (!isNodeCount(nodes)) problems.push(`nodes must be a whole number from 1 to ${mostNodes}, not ${nodes}`);
  if (!Number.isInteger(firstNodeId) || firstNodeId < 0 || firstNodeId > highestFirstNodeId)
    problems.push(`firstNodeId must be a whole number from 0 to ${highestFirstNodeId}, not ${firstNodeId}`);
  if (sound.ports !== undefined && sound.port !== undefined) problems.push("port and ports cannot both be given");
  if (sound.ports !== undefined && ports.length !== nodes)
    problems.push(`ports must have one port for each of ${nodes} nodes, not ${ports.length}`);
  for (const one of ports)
    if (!Number.isInteger(one) || one < 0 || one > 65_535) problems.push(`port must be a whole number from 0 to 65535, not ${one}`);
  const fixed = ports.filter((one) => one !== 0);
  if (new Set(fixed).size !== fixed.length) problems.push(`ports must be different, not ${fixed.join(", ")}`);
  if (!Number.isInteger(maxRequestBytes) || maxRequestBytes < 1)
    problems.push(`maxRequestBytes must be a whole number of at least 1, not ${maxRequestBytes}`);
  if (!Number.isInteger(connectionIdleMs) || connectionIdleMs < 1)
    problems.push(`connectionIdleMs must be a whole number of at least 1, not ${connectionIdleMs}`);
  return { host, firstNodeId, ports, maxRequestBytes, connectionIdleMs, engineOptions: rest, problems };
}

/** A fixed port is the first broker's, and the others have those after it. */
function portsFrom(port: number, nodes: number): number[] {
  return Array.from({ length: isNodeCount(nodes) ? nodes : 1 }, (_, index) => (port === 0 ? 0 : port + index));
}

function isNodeCount(nodes: number): boolean {
  return Number.isInteger(nodes) && nodes >= 1 && nodes <= mostNodes;
}
