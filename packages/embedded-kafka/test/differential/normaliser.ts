import { batchesIn, errorByCode, ProtocolError, zeroUuid } from "@millrace/protocol";
import type { BrokerAddress } from "./connection.ts";

/** What a recording is made of. */
export type Recorded = null | boolean | number | string | readonly Recorded[] | { readonly [key: string]: Recorded };

/** What stands for ids, addresses and times that cannot be the same on two brokers. */
export interface Normaliser {
  /** An answer as plain data in which nothing is left that two right brokers may differ in. */
  normalise(value: unknown, key?: string): Recorded;
}

const uuidText = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<=-)[A-Za-z0-9_-]{22}$/g;
const errorKeys = new Set(["errorCode"]);
const memberKeys = new Set(["memberId", "leader"]);
const timeKeys = new Set(["logAppendTimeMs", "timestamp", "baseTimestamp", "maxTimestamp"]);
const nowToleranceMs = 600_000;

/** `baseTime` is the time that the scenarios' own timestamps count from; both brokers see the same. */
export function createNormaliser(options: { readonly address: BrokerAddress; readonly baseTime: number }): Normaliser {
  const { address, baseTime } = options;
  const symbols = new Map<string, string>();
  const symbol = (kind: string, id: string | number): string => {
    const key = `${kind} ${id}`;
    let text = symbols.get(key);
    if (text === undefined) {
      const count = [...symbols.keys()].filter((each) => each.startsWith(`${kind} `)).length;
      text = `${kind}-${count + 1}`;
      symbols.set(key, text);
    }
    return text;
  };

  const time = (value: number): Recorded => {
    if (Math.abs(value - Date.now()) < nowToleranceMs) return "now";
    return Math.abs(value - baseTime) < nowToleranceMs ? `base+${value - baseTime}` : value;
  };

  const leaf = (value: number | string, key: string): Recorded => {
    if (typeof value === "number") {
      if (errorKeys.has(key)) return errorByCode(value).name;
      if (timeKeys.has(key)) return time(value);
      if (key === "producerId" && value >= 0) return symbol("producer", value);
      if (key === "port" && value === address.port) return "the broker's";
      return value;
    }
    if (memberKeys.has(key)) return value.replaceAll(uuidText, (id) => symbol("id", id));
    if (key === "topicId") return value === zeroUuid ? "none" : symbol("topic", value);
    if (key === "host" && value === address.host) return "the broker's";
    if (key === "clusterId" && value !== "") return "a cluster";
    // Texts are for people; only whether there is one can be compared.
    if ((key === "errorMessage" || key === "documentation") && value !== "") return "a text";
    return value;
  };

  const batches = (records: Buffer): Recorded => {
    try {
      let end = 0;
      const found: Recorded[] = [];
      for (const { at, crc, magic, ...header } of batchesIn(records)) {
        end = at + header.sizeBytes;
        found.push(normaliser.normalise({ magic, ...header }));
      }
      return end === records.length ? found : [...found, `and ${records.length - end} bytes`];
    } catch (error) {
      if (ProtocolError.is(error)) return `no batches: ${error.code}`;
      throw error;
    }
  };

  const normaliser: Normaliser = {
    normalise(value, key = "") {
      if (value === null || value === undefined || typeof value === "boolean") return value ?? null;
      if (typeof value === "number" || typeof value === "string") return leaf(value, key);
      if (Buffer.isBuffer(value)) return key === "records" ? batches(value) : value.toString("latin1");
      if (Array.isArray(value)) {
        const elements: readonly unknown[] = key === "members" ? value.toSorted(byMember) : value;
        return elements.map((element) => normaliser.normalise(element));
      }
      const fields = Object.entries(value as object).filter(([name]) => name !== "throttleTimeMs");
      return Object.fromEntries(fields.map(([name, field]) => [name, normaliser.normalise(field, name)]));
    },
  };

  /** Kafka keeps members in a hash map: those already seen come first, in the order in which they were. */
  const byMember = (left: unknown, right: unknown): number => rank(left) - rank(right);
  const rank = (member: unknown): number => {
    const { memberId = "" } = member as { readonly memberId?: string };
    const id = memberId.match(uuidText)?.[0];
    const seen = [...symbols.keys()].indexOf(`id ${id}`);
    return seen === -1 ? Number.MAX_SAFE_INTEGER : seen;
  };
  return normaliser;
}
