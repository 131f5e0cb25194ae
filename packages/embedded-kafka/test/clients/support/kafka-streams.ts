import { join } from "node:path";
import { findKafkaTools, kafkaVersion } from "@millrace/cluster";
import { requireProgram } from "./required-program.ts";
import { outputOf } from "./run-program.ts";

/** Runs a Java program of one file that uses Kafka Streams; what it printed. The library comes into `folder`. */
export async function createStreamsRunner(folder: string): Promise<(file: string, parameters: readonly string[]) => Promise<string>> {
  await requireProgram({ name: "mvn", trial: ["-version"], debianPackage: "maven" });
  const artifact = `-Dartifact=org.apache.kafka:kafka-streams:${kafkaVersion}`;
  const copy = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy";
  await outputOf("mvn", ["-B", "-q", copy, artifact, `-DoutputDirectory=${folder}`], { directory: folder, timeoutMs: 300_000 });
  const { program, parameters } = await findKafkaTools();
  // Its last parameter is the path of Kafka's clients, which Streams needs too; it does without the library of its stores on disk.
  const path = `${parameters.at(-1)}:${join(folder, `kafka-streams-${kafkaVersion}.jar`)}`;
  return (file, own) =>
    outputOf(program, [...parameters.slice(0, -1), path, "-Dorg.slf4j.simpleLogger.defaultLogLevel=error", file, ...own], {
      directory: folder,
      timeoutMs: 120_000,
    });
}
