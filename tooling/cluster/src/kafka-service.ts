import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { KafkaServiceState } from "./cluster-state.ts";
import { downloadKafka } from "./download.ts";
import { findKafkaJava } from "./find-java.ts";
import { findPortPair, isPortFree } from "./free-port.ts";
import { renderKafkaProperties } from "./kafka-properties.ts";
import { startOwnProcess } from "./own-process.ts";
import { probeKafka } from "./probe-kafka.ts";
import { runCommand } from "./run-command.ts";
import { type ServiceContext, serviceLogFile } from "./service-start.ts";

const preferredPort = 19092;
const quietLog = "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn";

/** Whether the node answers and knows itself as ready. */
export async function isKafkaReady(service: KafkaServiceState): Promise<boolean> {
  return (await probeKafka(service.port, 2_000)) > 0;
}

/**
 * Starts one Kafka node, without waiting for it. `crashed` is what ran before and ended by itself: its ports and its data are used again
 * if its ports are still free (clients and the node's own quorum know them), else the node starts empty.
 */
export async function startKafka(context: ServiceContext, crashed: KafkaServiceState | undefined): Promise<KafkaServiceState> {
  const { layout, report } = context;
  const java = await findKafkaJava(report);
  const jars = join(await downloadKafka(layout.libraryDirectory, report), "*");
  const resumes = crashed !== undefined && (await isPortFree(crashed.port)) && (await isPortFree(crashed.controllerPort));
  const [port, controllerPort] = resumes ? [crashed.port, crashed.controllerPort] : await findPortPair(preferredPort);
  const node = { nodeId: crashed?.nodeId ?? 1, port, controllerPort };
  const name = `kafka-${node.nodeId}`;
  const folder = join(layout.dataDirectory, name);
  const propertiesFile = join(folder, "server.properties");
  if (!resumes) {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    await writeFile(propertiesFile, renderKafkaProperties({ node, nodes: [node], dataDirectory: join(folder, "log") }));
    const tool = [quietLog, "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", jars, "kafka.tools.StorageTool"];
    const clusterId = (await runCommand(java.program, [...tool, "random-uuid"])).trim().split("\n").at(-1) ?? "";
    await runCommand(java.program, [...tool, "format", "-t", clusterId, "-c", propertiesFile, "--standalone"]);
  }
  const pid = await startOwnProcess({
    java: java.program,
    directory: layout.directory,
    service: name,
    parameters: ["-Xmx512m", "-XX:+UseSerialGC", "-Xshare:auto", quietLog, "-cp", jars, "kafka.Kafka", propertiesFile],
    logFile: serviceLogFile(layout, name),
    workingDirectory: folder,
  });
  return { kind: "kafka", name, pid, ...node };
}
