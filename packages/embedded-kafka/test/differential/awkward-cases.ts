/** Something in Kafka's protocol that brokers and clients get wrong. Scenarios name the cases that they show by number. */
export interface AwkwardCase {
  readonly number: number;
  readonly about: string;
  /** Which part of it no scenario shows yet, and why. */
  readonly missing?: string;
}

/** All of them, so that none is left out in silence. */
export const awkwardCases: readonly AwkwardCase[] = [
  {
    number: 1,
    about: "ApiVersions: unknown versions answered in version 0, software names checked, features with minimum 0 left out before v4",
  },
  { number: 2, about: "Produce is advertised from version 0, and versions 0 to 2 close the connection" },
  { number: 3, about: "the controller is a broker that lives, and takes what clients send to it" },
  { number: 4, about: "one stream of answers per connection, in order, while a fetch waits" },
  { number: 5, about: "acks=0 has no answer; an error closes the connection" },
  { number: 6, about: "base offset, leader epoch and, with LogAppendTime, timestamps and checksum are rewritten" },
  { number: 7, about: "a batch is given whole, and at least one, in the order of the request and within its limits" },
  { number: 8, about: "the last stable offset bounds what read_committed sees; aborted transactions are listed in order" },
  { number: 9, about: "markers are control batches of one record that takes one offset; clients cannot write them" },
  { number: 10, about: "idempotence: the last five batches, gaps, unknown producers, wrap-around, epochs" },
  { number: 11, about: "InitProducerId: epochs, take-over, time-outs" },
  { number: 12, about: "committed offsets: metadata, requireStable, all topics, groups of one request" },
  { number: 13, about: "Metadata makes topics only if both sides agree; null and empty lists" },
  { number: 14, about: "groups: two-step joins, static members, rebalances, time-outs" },
  { number: 15, about: "fetch sessions" },
  { number: 16, about: "topic ids in Fetch, Produce, DeleteTopics and Metadata; a topic made again has another" },
  { number: 17, about: "a fetch that waits is woken by appends, by the end of a transaction and by the deletion of its topic" },
  { number: 18, about: "max.message.bytes is enforced" },
  {
    number: 19,
    about: "compressed batches are stored as they came; zstd needs new versions",
    missing: "snappy and LZ4: their batches are stored unseen as those of the other codecs",
  },
  { number: 20, about: "ListOffsets: places with names, and times" },
  {
    number: 21,
    about: "SASL and TLS",
    missing: "logging in: the embedded broker has no security yet; compared is what a client hears that logs in where nobody asks for it",
  },
  { number: 22, about: "DescribeConfigs by version, with sources and synonyms; changes of configs" },
  { number: 23, about: "CreateTopics and CreatePartitions: names, collisions, defaults, validateOnly, assignments by hand" },
  { number: 24, about: "64-bit offsets, timestamps and producer ids" },
  { number: 25, about: "unknown APIs and versions, and bytes that are no request, close the connection" },
  { number: 26, about: "the advertised address is the one that was connected to" },
  { number: 27, about: "compaction" },
  {
    number: 28,
    about: "quotas: an answer says how long a client is held back",
    missing: "being held back: the embedded broker has no quotas yet; compared is that nobody is where no quota is set",
  },
  { number: 29, about: "telemetry is not advertised" },
];
