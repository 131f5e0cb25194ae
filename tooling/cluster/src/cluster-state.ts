import { readFile, rename, rm, writeFile } from "node:fs/promises";

/** One Apache Kafka broker. A cluster of several is a list of these and a controller. */
export interface KafkaServiceState {
  readonly kind: "kafka";
  /** `kafka-1` */
  readonly name: string;
  readonly pid: number;
  readonly nodeId: number;
  /** Port for clients. */
  readonly port: number;
  /** Port of the controller; a single broker is its own. */
  readonly controllerPort: number;
  /** It was stopped on purpose and can be started again with its data. */
  readonly isStopped?: true;
}

/** The controller of several brokers: apart from them, so that any of them can be stopped. */
export interface ControllerServiceState {
  readonly kind: "controller";
  readonly name: string;
  readonly pid: number;
  readonly nodeId: number;
  readonly port: number;
}

/** The schema registry. */
export interface RegistryServiceState {
  readonly kind: "registry";
  readonly name: string;
  readonly pid: number;
  readonly port: number;
  /** Port of the health endpoints. */
  readonly managementPort: number;
}

/** A service that was started. */
export type ServiceState = KafkaServiceState | ControllerServiceState | RegistryServiceState;

/** What the state file holds: every service that was started and not stopped. */
export interface ClusterState {
  readonly services: readonly ServiceState[];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isPort(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) > 0 && (value as number) < 65536;
}

function isService(value: unknown): value is ServiceState {
  if (!isRecord(value)) return false;
  const { kind, name, pid, port, nodeId, controllerPort, managementPort, isStopped } = value;
  if (typeof name !== "string" || name === "" || !Number.isInteger(pid) || (pid as number) <= 1 || !isPort(port)) return false;
  if (kind === "kafka") return Number.isInteger(nodeId) && isPort(controllerPort) && (isStopped === undefined || isStopped === true);
  if (kind === "controller") return Number.isInteger(nodeId);
  return kind === "registry" && isPort(managementPort);
}

/** Reads the state file's text. A text that is not ours, or was cut off, counts as no state: `undefined`. */
export function parseClusterState(text: string): ClusterState | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(value) || !Array.isArray(value["services"]) || !value["services"].every(isService)) return undefined;
  return { services: value["services"] };
}

/** The state on disk; no services where there is no readable state file. */
export async function readClusterState(file: string): Promise<ClusterState> {
  try {
    return parseClusterState(await readFile(file, "utf8")) ?? { services: [] };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return { services: [] };
    throw error;
  }
}

/** Replaces the state file in one step, services in the order of their names; a state without services removes it. */
export async function writeClusterState(file: string, state: ClusterState): Promise<void> {
  if (state.services.length === 0) {
    await rm(file, { force: true });
    return;
  }
  const draft = `${file}.${process.pid}`;
  const services = state.services.toSorted((left, right) => left.name.localeCompare(right.name));
  await writeFile(draft, `${JSON.stringify({ services }, undefined, 2)}\n`);
  await rename(draft, file);
}
