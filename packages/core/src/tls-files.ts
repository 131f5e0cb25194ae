import { readFileSync } from "node:fs";
import type { ConnectionOptions } from "node:tls";

/** TLS as configurations name it: by files, which are PEM. */
export interface TlsFiles {
  /** The authorities to trust. @default the system's */
  readonly caFile?: string | undefined;
  /** This client's certificate, for servers that demand one; with `keyFile`. */
  readonly certificateFile?: string | undefined;
  /** The key to `certificateFile`. */
  readonly keyFile?: string | undefined;
  /** The password of `keyFile`, if it has one. */
  readonly keyPassword?: string | undefined;
  /** Whether the certificate of a server must name its host. @default true */
  readonly checkHostname?: boolean | undefined;
}

const fileOptions = { caFile: "ca", certificateFile: "cert", keyFile: "key" } as const;

/** The same as options of `tls.connect`. Reads the files at once; one that cannot be read is noted in `problems`, without what a secret may stand in. */
export function readTlsFiles(files: TlsFiles, problems: string[]): ConnectionOptions {
  const options: ConnectionOptions = {};
  for (const [name, option] of Object.entries(fileOptions) as [keyof typeof fileOptions, "ca" | "cert" | "key"][]) {
    const path = files[name];
    if (path === undefined) continue;
    try {
      options[option] = readFileSync(path);
    } catch (error) {
      problems.push(`${name} cannot be read (${(error as NodeJS.ErrnoException).code ?? "no path"}): it must be the path of a PEM file`);
    }
  }
  if (files.keyPassword !== undefined) options.passphrase = files.keyPassword;
  if (files.checkHostname === false) options.checkServerIdentity = () => undefined;
  return options;
}
