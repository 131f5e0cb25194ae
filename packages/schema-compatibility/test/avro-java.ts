import { spawn } from "node:child_process";
import { once } from "node:events";
import { access, copyFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const javaFolder = fileURLToPath(new URL("java", import.meta.url));

/**
 * What Avro's Java library says about pairs of a reader's and a writer's schema: `invalid`, or its reasons as `TYPE location`. Maven brings the
 * library; Java and Maven are installed where that is possible.
 */
export async function avroJavaVerdicts(
  pairs: readonly (readonly [reader: string, writer: string])[],
): Promise<readonly (readonly string[])[]> {
  const folder = await mkdtemp(join(tmpdir(), "avro-verdicts-"));
  try {
    await requirePrograms();
    await copyFile(join(javaFolder, "pom.xml"), join(folder, "pom.xml"));
    const goal = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:build-classpath";
    await run("mvn", ["-B", "-q", goal, "-Dmdep.outputFile=classpath"], { folder, timeoutMs: 300_000 });
    const classpath = (await readFile(join(folder, "classpath"), "utf8")).trim();
    const input = pairs.map(([reader, writer]) => `${reader}\t${writer}\n`).join("");
    const output = await run("java", ["-cp", classpath, join(javaFolder, "AvroVerdicts.java")], { folder, timeoutMs: 300_000, input });
    return output
      .split("\n")
      .slice(0, -1)
      .map((line) => (line === "" ? [] : line.split("\t")));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function requirePrograms(): Promise<void> {
  const works = (program: string): Promise<boolean> =>
    run(program, ["-version"], { timeoutMs: 60_000 }).then(
      () => true,
      () => false,
    );
  const packages = [...((await works("javac")) ? [] : ["default-jdk-headless"]), ...((await works("mvn")) ? [] : ["maven"])];
  if (packages.length === 0) return;
  const isDebian = await access("/etc/debian_version").then(
    () => true,
    () => false,
  );
  if (!isDebian || process.getuid?.() !== 0)
    throw new Error(`This test needs Java and Maven. On Debian: apt-get install ${packages.join(" ")}`);
  const installer = ["DEBIAN_FRONTEND=noninteractive", "apt-get", "-q"];
  await run("env", [...installer, "update"], { timeoutMs: 300_000 });
  await run("env", [...installer, "install", "-y", "--no-install-recommends", ...packages], { timeoutMs: 900_000 });
}

interface RunOptions {
  readonly timeoutMs: number;
  readonly folder?: string;
  readonly input?: string;
}

/** Runs a program that has to succeed, and gives what it printed. */
async function run(program: string, parameters: readonly string[], { timeoutMs, folder, input = "" }: RunOptions): Promise<string> {
  const child = spawn(program, parameters, { cwd: folder, timeout: timeoutMs, killSignal: "SIGKILL" });
  const printed: Record<"stdout" | "stderr", string> = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      printed[name] += text;
    });
  }
  // A program may end before it has read everything.
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0) throw new Error(`${program} ended with ${code}:\n${printed.stdout}${printed.stderr}`);
  return printed.stdout;
}
