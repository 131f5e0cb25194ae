import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { downloadKafka } from "./download.ts";
import { findKafkaJava } from "./find-java.ts";
import { type KafkaPropertiesOptions, renderKafkaProperties } from "./kafka-properties.ts";
import { startOwnProcess } from "./own-process.ts";
import { runCommand } from "./run-command.ts";
import { type ServiceContext, serviceLogFile } from "./service-start.ts";

const quietLog = "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn";

/** Makes a cluster's id. */
export async function newClusterId(context: ServiceContext): Promise<string> {
  return (await runStorageTool(context, ["random-uuid"])).trim().split("\n").at(-1) ?? "";
}

/** Gives a node an empty folder with its configuration. A node that is no controller leaves the quorum to others. `parameters` go to Kafka's formatting too. */
export async function formatKafkaNode(
  context: ServiceContext,
  name: string,
  clusterId: string,
  properties: Omit<KafkaPropertiesOptions, "dataDirectory">,
  parameters: readonly string[] = [],
): Promise<void> {
  const folder = join(context.layout.dataDirectory, name);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const file = propertiesFile(context, name);
  await writeFile(file, renderKafkaProperties({ ...properties, dataDirectory: join(folder, "log") }));
  const quorum = properties.role === "broker" ? "--no-initial-controllers" : "--standalone";
  await runStorageTool(context, ["format", "-t", clusterId, "-c", file, quorum, ...parameters]);
}

/** Starts a node that was formatted, without waiting for it. Gives its pid. */
export async function launchKafkaNode(context: ServiceContext, name: string, heap: string): Promise<number> {
  const { layout } = context;
  const { program, jars } = await findProgram(context);
  return await startOwnProcess({
    java: program,
    directory: layout.directory,
    service: name,
    parameters: [`-Xmx${heap}`, "-XX:+UseSerialGC", "-Xshare:auto", quietLog, "-cp", jars, "kafka.Kafka", propertiesFile(context, name)],
    logFile: serviceLogFile(layout, name),
    workingDirectory: join(layout.dataDirectory, name),
  });
}

async function findProgram({ layout, report }: ServiceContext): Promise<{ readonly program: string; readonly jars: string }> {
  const { program } = await findKafkaJava(report);
  return { program, jars: join(await downloadKafka(layout.libraryDirectory, report), "*") };
}

async function runStorageTool(context: ServiceContext, parameters: readonly string[]): Promise<string> {
  const { program, jars } = await findProgram(context);
  const tool = [quietLog, "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", jars, "kafka.tools.StorageTool"];
  return await runCommand(program, [...tool, ...parameters]);
}

function propertiesFile({ layout }: ServiceContext, name: string): string {
  return join(layout.dataDirectory, name, "server.properties");
}
