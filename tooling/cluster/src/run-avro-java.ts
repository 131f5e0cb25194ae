import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { requireTools } from "./debian-tools.ts";
import { findKafkaJava } from "./find-java.ts";
import { runCommand } from "./run-command.ts";

const avroVersion = "1.12.1";
const dependency = (group: string, artifact: string, version: string): string =>
  `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version></dependency>`;
const project = `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>millrace</groupId><artifactId>avro-java</artifactId><version>0</version>
<dependencies>${dependency("org.apache.avro", "avro", avroVersion)}${dependency("org.slf4j", "slf4j-nop", "1.7.36")}</dependencies></project>
`;

/**
 * Runs a Java program of one file that uses Apache Avro: it gets the paths of a file with these lines and of the file that it writes its own lines to,
 * which are returned. Maven brings the library; Java and Maven are installed where that is possible.
 */
export async function runAvroJava(program: string, lines: readonly string[]): Promise<readonly string[]> {
  const folder = await mkdtemp(join(tmpdir(), "millrace-avro-java-"));
  try {
    await requireTools(["mvn"], () => {});
    const java = await findKafkaJava(() => {});
    const [pom, classpath, input, output] = ["pom.xml", "classpath", "input", "output"].map((name) => join(folder, name)) as [
      string,
      string,
      string,
      string,
    ];
    await writeFile(pom, project);
    await writeFile(input, lines.map((line) => `${line}\n`).join(""));
    const goal = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:build-classpath";
    await runCommand("mvn", ["-B", "-q", "-f", pom, goal, `-Dmdep.outputFile=${classpath}`], { timeoutMs: 300_000 });
    const path = (await readFile(classpath, "utf8")).trim();
    await runCommand(java.program, ["-Xmx512m", "-cp", path, program, input, output], { timeoutMs: 300_000 });
    return (await readFile(output, "utf8")).split("\n").slice(0, -1);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
