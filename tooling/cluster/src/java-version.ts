/** A Java that was found on this machine. */
export interface JavaInstallation {
  /** Path of the `java` program. */
  readonly program: string;
  /** 17 for Java 17.0.15, 8 for Java 1.8. */
  readonly version: number;
}

/** Reads the feature version from what `java -version` prints; `undefined` where the text has none. */
export function parseJavaVersion(text: string): number | undefined {
  const match = /version "(\d+)(?:\.(\d+))?/.exec(text);
  if (match === null) return undefined;
  const first = Number(match[1]);
  return first === 1 && match[2] !== undefined ? Number(match[2]) : first;
}

/** The oldest Java that is new enough (the one a service was built for is the safest); of equals the one named first. */
export function chooseJava(installations: readonly JavaInstallation[], oldest: number): JavaInstallation | undefined {
  let chosen: JavaInstallation | undefined;
  for (const installation of installations) {
    if (installation.version >= oldest && (chosen === undefined || installation.version < chosen.version)) chosen = installation;
  }
  return chosen;
}
