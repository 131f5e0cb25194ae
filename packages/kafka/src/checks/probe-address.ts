import { isIP, connect as openSocket, type Socket } from "node:net";
import { connect as openTls, type ConnectionOptions as TlsOptions } from "node:tls";
import { type Cancel, type Clock, systemClock, TimedOutError, type TlsRefusal, tlsRefusalOf, withDeadline } from "@millrace/core";
import { askLogin, type BrokerLogin, unknownLogin } from "./ask-login.ts";

/** Who answers at an address. */
export type AddressProbe =
  /** Nobody: there is no connection to be had. `why` is the rest of a sentence about the address, in all of these. */
  | { readonly found: "nobody"; readonly code: string; readonly why: string }
  /** Somebody takes connections, but does not answer as a broker does; `isMute`: not at all in time, as a broker that hangs. */
  | { readonly found: "stranger"; readonly isMute: boolean; readonly why: string }
  /** One side of the TLS handshake does not accept the other. */
  | { readonly found: "refusal"; readonly side: TlsRefusal; readonly code: string; readonly why: string }
  /** A broker; whether it is one that speaks TLS, and what it says to clients that log in as this one does. */
  | { readonly found: "broker"; readonly encrypted: boolean; readonly login: BrokerLogin };

/** How an address is spoken to. */
export interface ProbeSettings {
  /** Undefined for a connection in clear. */
  readonly tls?: TlsOptions | undefined;
  /** Of SASL; undefined where the client does not log in. */
  readonly mechanism?: string | undefined;
}

/** How long it may take. */
export interface ProbeLimits {
  /** For each of two attempts: the second is made where a stranger answers, who may be a broker that is spoken to with TLS, or without. */
  readonly timeoutMs: number;
  readonly clock?: Clock | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Connects to `host:port` and asks what any broker tells anybody: that it is one, and how it wants clients to log in. Sends no credentials, changes
 * nothing, and leaves no connection behind.
 * @throws AbortedError (`ABORTED`)
 */
export async function probeAddress(address: string, settings: ProbeSettings, limits: ProbeLimits): Promise<AddressProbe> {
  const probe = await attempt(address, settings, limits);
  if (probe.found !== "stranger") return probe;
  // The other way round. Whose certificate it is does not matter then, only that it is a broker who shows one.
  const tls = settings.tls === undefined ? { rejectUnauthorized: false } : undefined;
  const other = await attempt(address, { ...settings, tls }, limits);
  if (other.found === "broker") return other;
  return other.found === "refusal" ? { found: "broker", encrypted: true, login: unknownLogin } : probe;
}

/** Longer than a way there and back anywhere on earth. */
const longestPauseMs = 300;

async function attempt(address: string, { tls, mechanism }: ProbeSettings, limits: ProbeLimits): Promise<AddressProbe> {
  const { timeoutMs, clock = systemClock, signal } = limits;
  const startedAt = clock.monotonic();
  const place = placeOf(address);
  if (place === undefined) return { found: "nobody", code: "ERR_INVALID_ADDRESS", why: "is no address of a host and a port" };
  const name = isIP(place.host) === 0 ? { servername: place.host } : {};
  const socket: Socket = tls === undefined ? openSocket(place) : openTls({ ...place, ...name, ...tls });
  let isConnected = false;
  socket
    .on("error", () => {})
    .once("connect", () => {
      isConnected = true;
    });
  const converse = async (): Promise<AddressProbe> => {
    const event = tls === undefined ? "connect" : "secureConnect";
    await whileOpen(socket, (done) => {
      socket.once(event, done);
      return () => socket.off(event, done);
    });
    // Who refuses a client's certificate says so a way there and back later. A question that comes meanwhile may lose its words.
    const pauseMs = Math.min(longestPauseMs, clock.monotonic() - startedAt);
    if (tls !== undefined) await whileOpen(socket, (done) => clock.schedule(pauseMs, done));
    const login = await askLogin(socket, mechanism);
    return typeof login === "string"
      ? { found: "stranger", isMute: false, why: login }
      : { found: "broker", encrypted: tls !== undefined, login };
  };
  try {
    return await withDeadline(timeoutMs, converse, { clock, signal, what: `probing ${address}` });
  } catch (error) {
    if (signal?.aborted === true) throw error;
    const { code = "", message } = error as NodeJS.ErrnoException;
    const side = tlsRefusalOf(error);
    if (side !== undefined) return { found: "refusal", side, code, why: message.replace(/[.\s]+$/, "") };
    const silence = TimedOutError.is(error) ? `does not answer within ${timeoutMs} ms` : undefined;
    if (isConnected) {
      const isMute = silence !== undefined;
      return { found: "stranger", isMute, why: isMute ? `takes connections, and ${silence}` : "ends connections" };
    }
    if (silence !== undefined) return { found: "nobody", code: "ETIMEDOUT", why: silence };
    return { found: "nobody", code, why: `${noConnection.get(code) ?? "cannot be connected to"} (${code || message})` };
  } finally {
    socket.destroy();
  }
}

const noConnection: ReadonlyMap<string, string> = new Map([
  ["ECONNREFUSED", "refuses connections"],
  ["ENOTFOUND", "has a name that nobody knows"],
  ["EAI_AGAIN", "has a name that cannot be looked up now"],
  ["ETIMEDOUT", "does not answer"],
  ["EHOSTUNREACH", "is in no network that can be reached"],
  ["ENETUNREACH", "is in no network that can be reached"],
]);

/** An IPv6 address stands in brackets. Brokers may tell anything. */
function placeOf(address: string): { readonly host: string; readonly port: number } | undefined {
  const colon = address.lastIndexOf(":");
  const host = address.slice(0, Math.max(0, colon)).replace(/^\[(.*)\]$/, "$1");
  const port = Number(address.slice(colon + 1));
  return /^[\w.:%-]{1,253}$/.test(host) && Number.isInteger(port) && port > 0 && port < 65_536 ? { host, port } : undefined;
}

/** Waits, unless the connection ends before. */
function whileOpen(socket: Socket, wait: (done: () => void) => Cancel): Promise<void> {
  return new Promise((resolve, reject) => {
    const cancel = wait(resolve);
    const fail = (error: Error): void => {
      cancel();
      reject(error);
    };
    socket.once("error", fail).once("close", () => fail(new Error("the connection was closed")));
  });
}
