import { X509Certificate } from "node:crypto";
import { expect, test } from "vitest";
import { makeCertificate } from "./index.ts";

test("an authority signs certificates for addresses and names, as long as they count", () => {
  const authority = makeCertificate("authority");
  const byAddress = makeCertificate("server", { authority, host: "127.0.0.1", validUntil: new Date("2021-02-03T04:05:06Z") });
  const byName = makeCertificate("server", { authority, host: "broker.example" });
  const [root, first, second] = [authority, byAddress, byName].map(({ cert }) => new X509Certificate(cert)) as [
    X509Certificate,
    X509Certificate,
    X509Certificate,
  ];
  expect([root.ca, first.ca]).toEqual([true, false]);
  for (const certificate of [root, first, second]) expect(certificate.verify(root.publicKey)).toBe(true);
  expect([first.checkIP("127.0.0.1"), first.checkIP("127.0.0.2")]).toEqual(["127.0.0.1", undefined]);
  expect([second.checkHost("broker.example"), second.checkHost("other.example")]).toEqual(["broker.example", undefined]);
  expect(first.validToDate).toEqual(new Date("2021-02-03T04:05:06Z"));
  expect(second.validToDate.getUTCFullYear()).toBe(2049);
  expect(first.checkPrivateKey(byAddress.privateKey)).toBe(true);
});
