import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { requireTools } from "./debian-tools.ts";
import { runCommand } from "./run-command.ts";

/** A certificate with its key, as PEM texts. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** PEM texts for tests of TLS. */
export interface Certificates {
  /** Signed every certificate here but itself and `otherAuthority`. */
  readonly authority: string;
  /** An authority that signed nothing here. */
  readonly otherAuthority: string;
  /** Shows that its holder is the user `client`. */
  readonly client: Certificate;
  /** Of a client that `otherAuthority` signed. */
  readonly stranger: Certificate;
}

/** Whom a certificate names, and who signs it. */
interface CertificateRequest {
  readonly name: string;
  readonly subject: string;
  readonly authority?: string;
  /** `subjectAltName` of a server. */
  readonly hosts?: string;
}

/** The files of `serverKeyStore` with these names belong to these hosts. */
const requests: readonly CertificateRequest[] = [
  { name: "authority", subject: "/CN=Millrace test authority" },
  { name: "other-authority", subject: "/CN=Another test authority" },
  { name: "server", subject: "/CN=localhost", authority: "authority", hosts: "DNS:localhost,IP:127.0.0.1" },
  { name: "elsewhere", subject: "/CN=elsewhere.example", authority: "authority", hosts: "DNS:elsewhere.example" },
  { name: "client", subject: "/CN=client", authority: "authority" },
  { name: "stranger", subject: "/CN=client", authority: "other-authority" },
];

/** Makes fresh certificates in a folder; those that were there are gone. They are valid for a week. */
export async function makeCertificates(folder: string, report: (line: string) => void): Promise<void> {
  await requireTools(["openssl"], report);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const request of requests) await makeCertificate(folder, request);
}

/** What `makeCertificates` made. */
export async function readCertificates(folder: string): Promise<Certificates> {
  const read = async (name: string): Promise<string> => await readFile(join(folder, name), "utf8");
  const pair = async (name: string): Promise<Certificate> => ({ cert: await read(`${name}.cert.pem`), key: await read(`${name}.key.pem`) });
  return {
    authority: await read("authority.cert.pem"),
    otherAuthority: await read("other-authority.cert.pem"),
    client: await pair("client"),
    stranger: await pair("stranger"),
  };
}

/** Where Kafka finds a server's certificate with its key: `server`, for 127.0.0.1 and localhost, or `elsewhere`, for another host. */
export function serverKeyStore(folder: string, name: "server" | "elsewhere"): string {
  return join(folder, `${name}.both.pem`);
}

/** Where Kafka finds the authority that it trusts. */
export function trustStore(folder: string): string {
  return join(folder, "authority.cert.pem");
}

async function makeCertificate(folder: string, request: CertificateRequest): Promise<void> {
  const { name, subject, authority, hosts } = request;
  const [key, cert] = [join(folder, `${name}.key.pem`), join(folder, `${name}.cert.pem`)];
  const extensions =
    authority === undefined ? ["basicConstraints=critical,CA:TRUE"] : hosts === undefined ? [] : [`subjectAltName=${hosts}`];
  const signer =
    authority === undefined ? [] : ["-CA", join(folder, `${authority}.cert.pem`), "-CAkey", join(folder, `${authority}.key.pem`)];
  const fresh = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 7".split(" ");
  const added = extensions.flatMap((extension) => ["-addext", extension]);
  await runCommand("openssl", [...fresh, "-subj", subject, "-keyout", key, "-out", cert, ...signer, ...added]);
  await writeFile(join(folder, `${name}.both.pem`), (await readFile(key, "utf8")) + (await readFile(cert, "utf8")), { mode: 0o600 });
}
