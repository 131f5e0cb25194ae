import { access, copyFile, mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { pomFile } from "./cluster-layout.ts";
import { requireTools } from "./debian-tools.ts";
import { runCommand } from "./run-command.ts";
import { dependencyPlugin, javaAgentVersion, kafkaVersion, registryVersion } from "./versions.ts";

type Report = (line: string) => void;

/** Runs one Maven goal that fills `target`, unless an earlier run did. The folder appears under its name only when it is complete. */
async function download(target: string, goal: string, parameters: readonly string[], report: Report, what: string): Promise<string> {
  const present = await access(target).then(
    () => true,
    () => false,
  );
  if (present) return target;
  await requireTools(["mvn"], report);
  report(`downloading ${what}`);
  // Maven works on a copy of its description: the plugin keeps markers beside that, and unpacks nothing where it finds an old one.
  const draft = `${target}.part`;
  const content = join(draft, "content");
  const maven = async (): Promise<void> => {
    await rm(draft, { recursive: true, force: true });
    await mkdir(content, { recursive: true });
    const copy = join(draft, "pom.xml");
    await copyFile(pomFile, copy);
    const common = ["-B", "-q", "-f", copy, `-Dkafka.version=${kafkaVersion}`, `-DoutputDirectory=${content}`];
    await runCommand("mvn", [...common, ...parameters, `${dependencyPlugin}:${goal}`], { timeoutMs: 600_000 });
  };
  // A download of a hundred files may meet one bad moment of the network; Maven keeps what it has.
  await maven().catch(async (error: Error) => {
    report(`${error.message}\ntrying once more`);
    await maven();
  });
  await rename(content, target);
  await rm(draft, { recursive: true, force: true });
  return target;
}

/** Folder with Kafka's jars, tools and clients included. */
export async function downloadKafka(libraryDirectory: string, report: Report): Promise<string> {
  const target = join(libraryDirectory, `kafka-${kafkaVersion}`);
  return await download(target, "copy-dependencies", [], report, `Apache Kafka ${kafkaVersion} (54 MB)`);
}

/** Folder with the jar of OpenTelemetry's instrumentation for Java. */
export async function downloadJavaAgent(libraryDirectory: string, report: Report): Promise<string> {
  const target = join(libraryDirectory, `java-agent-${javaAgentVersion}`);
  const artifact = `-Dartifact=io.opentelemetry.javaagent:opentelemetry-javaagent:${javaAgentVersion}`;
  return await download(target, "copy", [artifact], report, `OpenTelemetry's instrumentation for Java ${javaAgentVersion} (25 MB)`);
}

/** Folder with the unpacked registry. */
export async function downloadRegistry(libraryDirectory: string, report: Report): Promise<string> {
  const target = join(libraryDirectory, `registry-${registryVersion}`);
  const artifact = `-Dartifact=io.apicurio:apicurio-registry-app:${registryVersion}:tar.gz:all`;
  return await download(target, "unpack", [artifact], report, `Apicurio Registry ${registryVersion} (159 MB)`);
}
