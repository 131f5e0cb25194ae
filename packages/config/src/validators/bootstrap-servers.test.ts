import { InvalidOptionsError } from "@millrace/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { validateBootstrapServers } from "./bootstrap-servers.ts";

const internal = (server: string): string => `Server uses internal/localhost address: ${server}`;

test.each([
  "localhost:9092",
  "127.0.0.1:9092",
  "192.168.1.7:9092",
  "10.0.0.5:9092",
  "172.16.0.1:9092",
  "172.31.255.255:9092",
  "169.254.169.254:80",
  "0.0.0.0:9092",
])("[002-05] a server on this machine or in a private network is told of and stays valid: %s", (server) => {
  expect(validateBootstrapServers([server])).toEqual({ is_valid: true, security_issues: [internal(server)], sanitized_servers: [server] });
});

test("[002-06] only whole addresses count as private, of IPv6 too", () => {
  const outside = [
    "host10.example.com:9092",
    "110.0.0.1:9092",
    "172.15.0.1:9092",
    "172.32.0.1:9092",
    "192.169.0.1:9092",
    "11.0.0.1:9092",
    "localhost.example.com:9092",
    "mylocalhost:9092",
    "[2001:db8::1]:9092",
    "[fe00::1]:9092",
    "[::ffff:8.8.8.8]:9092",
  ];
  expect(validateBootstrapServers(outside)).toEqual({ is_valid: true, security_issues: [], sanitized_servers: outside });
  const inside = [
    "[::1]:9092",
    "[fc00::1]:9092",
    "[fdff:1:2:3:4:5:6:7]:9092",
    "[fe80::1]:9092",
    "[febf::1%eth0]:9092",
    "[0:0:0:0:0:0:0:1]:9092",
  ];
  expect(validateBootstrapServers(inside)).toEqual({ is_valid: true, security_issues: inside.map(internal), sanitized_servers: inside });
});

test("a private address is found however it is written", () => {
  const ways = [
    "LOCALHOST:1",
    "localhost.:1",
    "a.localhost:1",
    "127.1:1",
    "2130706433:1",
    "0x7f.0.0.1:1",
    "0x7f000001:1",
    "017700000001:1",
    "127.0.0.1.:1",
    "10.1:1",
    "0:1",
    "[::]:1",
    "[::ffff:127.0.0.1]:1",
    "[::ffff:0a00:1]:1",
    "[::127.0.0.1]:1",
    "[64:ff9b::10.0.0.1]:1",
    "[2002:c0a8:1::]:1",
    "[fec0::1]:1",
  ];
  const result = validateBootstrapServers(ways);
  expect(result.security_issues).toEqual(ways.map(internal));
  expect(validateBootstrapServers(["::1:9092"]).sanitized_servers).toEqual(["[::1]:9092"]);
});

test.each([";", "&", "|", "`", "$"])("[002-07] a server with a sign of shells is refused and left out: %s", (sign) => {
  const server = `broker${sign}id:9092`;
  expect(validateBootstrapServers(["good:9092", server, "other:9093"])).toEqual({
    is_valid: false,
    security_issues: [`Server contains dangerous characters: ${server}`],
    sanitized_servers: ["good:9092", "other:9093"],
  });
});

test("no way to write a private address hides it, and no way to write another one makes it private", () => {
  const byte = fc.integer({ min: 0, max: 255 });
  const privateBytes = fc.oneof(
    fc.tuple(fc.constantFrom(0, 10, 127), byte, byte, byte),
    fc.tuple(fc.constant(172), fc.integer({ min: 16, max: 31 }), byte, byte),
    fc.tuple(fc.constant(192), fc.constant(168), byte, byte),
    fc.tuple(fc.constant(169), fc.constant(254), byte, byte),
  );
  const publicBytes = fc.oneof(
    fc.tuple(fc.constantFrom(1, 9, 11, 126, 128, 223), byte, byte, byte),
    fc.tuple(fc.constant(172), fc.constantFrom(0, 15, 32, 255), byte, byte),
    fc.tuple(fc.constant(192), fc.constantFrom(0, 167, 169), byte, byte),
  );
  type Bytes = readonly [number, number, number, number];
  const number = ([a, b, c, d]: Bytes): number => ((a * 256 + b) * 256 + c) * 256 + d;
  const hex = (value: number): string => value.toString(16);
  const ways: readonly ((bytes: Bytes) => string)[] = [
    (bytes) => bytes.join("."),
    (bytes) => `${bytes.join(".")}.`,
    (bytes) => String(number(bytes)),
    (bytes) => `0x${hex(number(bytes))}`,
    (bytes) => `0${number(bytes).toString(8)}`,
    (bytes) => bytes.map((part) => `0X${hex(part)}`).join("."),
    (bytes) => bytes.map((part) => `00${part.toString(8)}`).join("."),
    ([a, b, c, d]) => `${a}.${(b * 256 + c) * 256 + d}`,
    ([a, b, c, d]) => `0x${hex(a)}.${b}.0${(c * 256 + d).toString(8)}`,
    (bytes) => `[::ffff:${bytes.join(".")}]`,
    ([a, b, c, d]) => `[0:0:0:0:0:FFFF:${hex(a * 256 + b)}:${hex(c * 256 + d)}]`,
    (bytes) => `[64:ff9b::${bytes.join(".")}]`,
    ([a, b, c, d]) => `[2002:${hex(a * 256 + b)}:${hex(c * 256 + d)}::1]`,
    (bytes) => `::ffff:${bytes.join(".")}`,
  ];
  fc.assert(
    fc.property(privateBytes, publicBytes, fc.constantFrom(...ways), (inside, outside, write) => {
      const issues = (bytes: Bytes): readonly string[] => validateBootstrapServers([`${write(bytes)}:9092`]).security_issues;
      expect(issues(inside)).toEqual([internal(`${write(inside)}:9092`)]);
      expect(issues(outside), write(outside)).toEqual([]);
    }),
    { numRuns: 1000 },
  );
});

test("[002-08] a port is a whole number from 1 to 65535", () => {
  for (const server of ["broker:abc", "broker:", "broker", "broker:9092.5", "broker:0x10", "broker:1e3", "broker:\u0661", "broker:9092 "]) {
    const expected = server.endsWith(" ") ? [] : [`Invalid port format: ${server}`];
    expect(validateBootstrapServers([server]), server).toMatchObject({ is_valid: expected.length === 0, security_issues: expected });
  }
  for (const [server, port] of [
    ["broker:0", "0"],
    ["broker:65536", "65536"],
    ["broker:-1", "-1"],
    ["broker:99999", "99999"],
  ]) {
    expect(validateBootstrapServers([server])).toEqual({
      is_valid: false,
      security_issues: [`Invalid port number: ${port}`],
      sanitized_servers: [],
    });
  }
  expect(validateBootstrapServers(["broker:1", "broker:65535"])).toMatchObject({ is_valid: true, security_issues: [] });
});

test("[002-09] a private address passes under the policy warn, which is the default, and not under block", () => {
  expect(validateBootstrapServers(["localhost:9092"])).toMatchObject({ is_valid: true });
  expect(validateBootstrapServers(["localhost:9092"], { policy: "warn" })).toMatchObject({ is_valid: true });
  expect(validateBootstrapServers(["localhost:9092", "broker.example.com:9092"], { policy: "block" })).toEqual({
    is_valid: false,
    security_issues: [internal("localhost:9092")],
    sanitized_servers: ["broker.example.com:9092"],
  });
});

test("what is no server is refused with a word about it", () => {
  for (const server of [
    "http://broker:9092",
    "us er:9092",
    "br\u00f6ker:9092",
    "\uff11\uff12\uff17.0.0.1:9092",
    "[::1:9092",
    "a\\b:1",
    "1.2.3.4.5:1",
    "a..b:1",
    ".:1",
    "-a:1",
    "[1::2::3]:1",
    "<b>:1",
    ":9092",
  ]) {
    expect(validateBootstrapServers([server]), server).toEqual({
      is_valid: false,
      security_issues: [expect.stringContaining("Invalid server format: ")],
      sanitized_servers: [],
    });
  }
  expect(validateBootstrapServers([])).toMatchObject({ is_valid: false, security_issues: ["No bootstrap servers given"] });
  expect(validateBootstrapServers(undefined)).toMatchObject({ is_valid: false });
  expect(validateBootstrapServers([9092])).toMatchObject({ is_valid: false, security_issues: ["Bootstrap server is not text"] });
});

test("one text with commas is a list, spaces around a server are taken off, a list has an end", () => {
  expect(validateBootstrapServers(" a:1, b:02 ,").sanitized_servers).toEqual(["a:1", "b:2"]);
  const many = validateBootstrapServers(Array.from({ length: 1001 }, () => "a:x"));
  expect(many.security_issues).toHaveLength(101);
  expect(many.security_issues[0]).toBe("Too many bootstrap servers (more than 1000)");
  expect(many.security_issues.at(-1)).toBe("901 more issues");
});

test("no user, no password and no hidden character of an address is shown", () => {
  const { security_issues } = validateBootstrapServers(["bob:hunter2@broker:9092", "bob:hun$ter2@broker:9092", "a\u202e\u0007\n:9092"]);
  expect(security_issues).toEqual([
    "Invalid server format: [redacted]@broker:9092",
    "Server contains dangerous characters: [redacted]@broker:9092",
    "Invalid server format: a\\u{202e}\\u{7}\\u{a}:9092",
  ]);
});

test("results are frozen, and data that throws when it is read is invalid", () => {
  const result = validateBootstrapServers(["a:1"]);
  expect([result, result.security_issues, result.sanitized_servers].every(Object.isFrozen)).toBe(true);
  const angry = new Proxy([], {
    get: () => {
      throw new Error("do not look");
    },
  });
  expect(validateBootstrapServers(angry)).toEqual({
    is_valid: false,
    security_issues: ["Validation error: do not look"],
    sanitized_servers: [],
  });
  expect(() => validateBootstrapServers([], { limits: { servers: -1 } })).toThrow(InvalidOptionsError);
});

test("whatever is given, what is left over is host and port, and under block none of it is private", () => {
  const part = fc.constantFrom(
    "localhost",
    "127.0.0.1",
    "10.",
    "::1",
    "[",
    "]",
    ":",
    "9092",
    "0",
    "a",
    ".",
    "%",
    "@",
    "$",
    " ",
    "\u202e",
    "\uff0e",
    "fe80::",
    "x.example.com",
    "0x7f",
  );
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          fc.array(part, { maxLength: 6 }).map((parts) => parts.join("")),
          fc.anything(),
        ),
      ),
      (servers) => {
        const lenient = validateBootstrapServers(servers);
        for (const server of lenient.sanitized_servers)
          expect(server).toMatch(/^([a-zA-Z0-9._-]+|\[[0-9a-fA-F:.]+(%[\w.-]+)?\]):[1-9][0-9]{0,4}$/);
        const strict = validateBootstrapServers(servers, { policy: "block" });
        expect(validateBootstrapServers(strict.sanitized_servers).security_issues.filter((issue) => !issue.startsWith("No "))).toEqual([]);
      },
    ),
    { numRuns: 500 },
  );
});
