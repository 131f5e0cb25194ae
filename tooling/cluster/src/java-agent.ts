import { join } from "node:path";
import { type ClusterPlace, createClusterLayout } from "./cluster-layout.ts";
import { downloadJavaAgent } from "./download.ts";
import { javaAgentVersion } from "./versions.ts";

/** The jar of OpenTelemetry's instrumentation for Java, for `-javaagent:`; downloaded when it is not there yet. */
export async function findJavaAgent(place: ClusterPlace = {}): Promise<string> {
  const folder = await downloadJavaAgent(createClusterLayout(place).libraryDirectory, () => {});
  return join(folder, `opentelemetry-javaagent-${javaAgentVersion}.jar`);
}
