import { join } from "node:path";
import { type ClusterPlace, createClusterLayout } from "./cluster-layout.ts";
import { downloadKafka } from "./download.ts";
import { findKafkaJava } from "./find-java.ts";

/** How Kafka's own command line tools are started. */
export interface KafkaTools {
  /** Java. */
  readonly program: string;
  /** What Java is told before the tool's class and the tool's own parameters. */
  readonly parameters: readonly string[];
}

/** Kafka's command line tools and clients, downloaded when they are not there yet. Needs no running cluster. */
export async function findKafkaTools(place: ClusterPlace = {}): Promise<KafkaTools> {
  const { libraryDirectory } = createClusterLayout(place);
  const { program } = await findKafkaJava(() => {});
  const jars = join(await downloadKafka(libraryDirectory, () => {}), "*");
  const quickStart = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto", "-Xmx256m"];
  return { program, parameters: [...quickStart, "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-cp", jars] };
}
