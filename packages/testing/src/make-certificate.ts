import { createPublicKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { isIPv4 } from "node:net";

/** A certificate with its key, as PEM texts and as what signs others. */
export interface TestCertificate {
  readonly cert: string;
  readonly key: string;
  readonly name: string;
  readonly privateKey: KeyObject;
}

/** What a certificate says. */
export interface TestCertificateOptions {
  /** Who signs it. @default itself; it may sign others then */
  readonly authority?: TestCertificate;
  /** Whose it is: the IPv4 address or the name of a server. @default nobody's that a client would look for */
  readonly host?: string;
  /** Its last second. @default the end of 2049 */
  readonly validUntil?: Date;
}

/** Makes an X.509 certificate (RFC 5280) with a fresh P-256 key, valid from 2020 on: for servers and clients of tests, and nothing else. */
export function makeCertificate(name: string, options: TestCertificateOptions = {}): TestCertificate {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const { authority = { name, privateKey }, host, validUntil = new Date("2049-12-31T23:59:59Z") } = options;
  const algorithm = sequence(der(0x06, Buffer.from("2a8648ce3d040302", "hex")));
  const extensions = [
    ...(options.authority === undefined
      ? [sequence(oid("551d13"), der(0x01, Buffer.from([0xff])), octets(sequence(der(0x01, Buffer.from([0xff])))))]
      : []),
    ...(host === undefined ? [] : [sequence(oid("551d11"), octets(sequence(alternativeName(host))))]),
  ];
  const content = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([1, ...Buffer.from(name)])),
    algorithm,
    distinguishedName(authority.name),
    sequence(der(0x17, Buffer.from("200101000000Z")), der(0x17, Buffer.from(utcTime(validUntil)))),
    distinguishedName(name),
    createPublicKey(privateKey).export({ type: "spki", format: "der" }),
    ...(extensions.length === 0 ? [] : [der(0xa3, sequence(...extensions))]),
  );
  const signature = der(0x03, Buffer.concat([Buffer.from([0]), sign("sha256", content, authority.privateKey)]));
  const lines = sequence(content, algorithm, signature)
    .toString("base64")
    .match(/.{1,64}/g)!;
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: "pkcs8", format: "pem" }) as string,
    name,
    privateKey,
  };
}

/** Years of two digits: from 1950 to 2049. */
function utcTime(date: Date): string {
  return `${date.toISOString().replaceAll(/\D/g, "").slice(2, 14)}Z`;
}

function alternativeName(host: string): Buffer {
  return isIPv4(host) ? der(0x87, Buffer.from(host.split(".").map(Number))) : der(0x82, Buffer.from(host));
}

function distinguishedName(name: string): Buffer {
  return sequence(der(0x31, sequence(oid("550403"), der(0x0c, Buffer.from(name)))));
}

function oid(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, "hex"));
}

function octets(content: Buffer): Buffer {
  return der(0x04, content);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, Buffer.concat(parts));
}

/** One value in DER: tag, length, content. */
function der(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const head = length < 0x80 ? [tag, length] : length < 0x100 ? [tag, 0x81, length] : [tag, 0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(head), content]);
}
