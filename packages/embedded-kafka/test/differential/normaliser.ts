import { batchesIn, crc32c, errorByCode, errorCodes, ProtocolError, zeroUuid } from "@millrace/protocol";
import type { BrokerAddress } from "./connection.ts";

/** What a recording is made of. */
export type Recorded = null | boolean | number | string | readonly Recorded[] | { readonly [key: string]: Recorded };

const uuidText = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<=-)[A-Za-z0-9_-]{22}$/;
const memberKeys = new Set(["memberId", "leader"]);
const timeKeys = new Set(["logAppendTimeMs", "timestamp", "baseTimestamp", "maxTimestamp"]);
/** Texts are for people; only whether there is one can be compared. */
const textKeys = new Set(["errorMessage", "documentation", "batchIndexErrorMessage"]);
const unknownCodes: ReadonlySet<number> = new Set([errorCodes.UNKNOWN_TOPIC_OR_PARTITION, errorCodes.UNKNOWN_TOPIC_ID]);
/** What the compared Apache Kafka has been given other values for than Kafka's defaults. */
const clusterConfigs: ReadonlySet<string> = new Set(["file.delete.delay.ms", "min.insync.replicas"]);
const nowToleranceMs = 600_000;
const checksumStart = 21;

interface PartitionAnswer {
  readonly errorCode: number;
  readonly partitionIndex?: number;
  /** Only in a fetch. */
  readonly highWatermark?: number;
  /** Only in listed offsets. */
  readonly timestamp?: number;
}

/** What recordings of a broker, or of several, have to be freed from. */
export interface NormaliserOptions {
  /** Where the brokers listen, the one with id 1 first. */
  readonly addresses: readonly BrokerAddress[];
  readonly baseTime: number;
  /** Names that differ between the two recordings, and what is shown for them. */
  readonly aliases?: ReadonlyMap<string, string>;
}

/**
 * Makes the function that turns answers into plain data in which nothing is left that two right brokers may differ in: ids, addresses, times,
 * texts for people, and the order of what Kafka keeps in hash maps. `baseTime` is what the scenarios' own timestamps count from.
 */
export function createNormaliser({ addresses, baseTime, aliases }: NormaliserOptions): (value: unknown) => Recorded {
  const symbols = new Map<string, string>();

  /** Ids are numbered by kind as they come. */
  const symbol = (kind: string, id: string | number): string => {
    const key = `${kind} ${id}`;
    const known = symbols.get(key);
    if (known !== undefined) return known;
    const count = [...symbols.keys()].filter((each) => each.startsWith(`${kind} `)).length;
    symbols.set(key, `${kind}-${count + 1}`);
    return `${kind}-${count + 1}`;
  };

  const time = (value: number): Recorded => {
    if (Math.abs(value - Date.now()) < nowToleranceMs) return "now";
    return Math.abs(value - baseTime) < nowToleranceMs ? `base+${value - baseTime}` : value;
  };

  const number = (value: number, key: string): Recorded => {
    if (key === "errorCode") return errorByCode(value).name;
    if (timeKeys.has(key)) return time(value);
    if (key === "producerId" && value >= 0) return symbol("producer", value);
    return key === "port" ? (portNames.get(value) ?? value) : value;
  };
  const portNames = new Map(addresses.map(({ port }, index) => [port, addresses.length === 1 ? "the broker's" : `broker ${index + 1}'s`]));

  const text = (value: string, key: string): Recorded => {
    if (memberKeys.has(key)) return value.replace(uuidText, (id) => symbol("id", id));
    if (key === "topicId") return value === zeroUuid ? "none" : symbol("topic", value);
    if (key === "host" && addresses.some(({ host }) => host === value)) return "the broker's";
    if (key === "clusterId" && value !== "") return "a cluster";
    return textKeys.has(key) && value !== "" ? "a text" : (aliases?.get(value) ?? value);
  };

  const batches = (records: Buffer): Recorded => {
    try {
      const found: Recorded[] = [];
      for (const { crc, ...header } of batchesIn(records)) {
        const { at, sizeBytes } = header;
        found.push({ ...(normalise(header) as object), checksumFits: crc32c(records, at + checksumStart, at + sizeBytes) === crc });
      }
      // Kafka may cut the last batch anywhere, and clients drop what is cut. A first batch that is not whole would be wrong.
      return found.length > 0 || records.length === 0 ? found : `${records.length} bytes that are no batch`;
    } catch (error) {
      if (ProtocolError.is(error)) return `no batches: ${error.code}`;
      throw error;
    }
  };

  /** Members already seen come first, in the order in which they were. */
  const memberRank = ({ memberId = "" }: { readonly memberId?: string }): number => {
    const rank = [...symbols.keys()].indexOf(`id ${memberId.match(uuidText)?.[0]}`);
    return rank === -1 ? Number.MAX_SAFE_INTEGER : rank;
  };
  /** Kafka keeps listed offsets in a hash map. It answers a fetch of what it does not know after the rest, which is in the order of the request. */
  const partitionRank = (partition: PartitionAnswer): number => {
    const { errorCode, highWatermark, timestamp, partitionIndex } = partition;
    if (timestamp !== undefined) return partitionIndex ?? 0;
    return highWatermark !== undefined && unknownCodes.has(errorCode) ? 1 : 0;
  };
  const nodeRank = ({ nodeId, brokerId }: { readonly nodeId?: number; readonly brokerId?: number }): number => nodeId ?? brokerId ?? 0;
  const ranks: Readonly<Record<string, (element: never) => number>> = {
    members: memberRank,
    partitionResponses: ({ index }: { readonly index: number }) => index,
    partitions: partitionRank,
    brokers: nodeRank,
    nodeEndpoints: nodeRank,
  };
  const ordered = (elements: readonly unknown[], key: string): readonly unknown[] => {
    if (key === "configs") return (elements as readonly { readonly name: string }[]).filter(({ name }) => !clusterConfigs.has(name));
    if (key === "results" || key === "groups") return elements.toSorted((left, right) => (nameOf(left) < nameOf(right) ? -1 : 1));
    const rank = ranks[key] as ((element: unknown) => number) | undefined;
    return rank === undefined ? elements : elements.toSorted((left, right) => rank(left) - rank(right));
  };

  const normalise = (value: unknown, key = ""): Recorded => {
    if (typeof value === "number") return number(value, key);
    if (typeof value === "string") return text(value, key);
    if (typeof value === "boolean") return value;
    if (value === null || value === undefined) return null;
    if (Buffer.isBuffer(value)) return key === "records" ? batches(value) : value.toString("latin1");
    if (Array.isArray(value)) return ordered(value, key).map((element) => normalise(element));
    const fields = Object.entries(value).filter(([name]) => name !== "throttleTimeMs");
    return Object.fromEntries(fields.map(([name, field]) => [name, normalise(field, name)]));
  };
  return normalise;
}

function nameOf(result: unknown): string {
  const { name, resourceName, groupId } = result as Readonly<Record<"name" | "resourceName" | "groupId", string | undefined>>;
  return name ?? resourceName ?? groupId ?? "";
}
