import { type ErrorName, errorCodes, type RequestTypes, type ResponseTypes } from "@millrace/protocol";
import { groupOffsetsPartition } from "../transactions/group-offsets-partition.ts";
import { writeError } from "../transactions/transaction-error.ts";
import { type ApiRegistration, type EngineRequest, serve } from "./api-registration.ts";
import type { BrokerState } from "./broker-state.ts";

type AskedPartition = RequestTypes["TxnOffsetCommit"]["topics"][number]["partitions"][number];
type AnsweredPartition = ResponseTypes["TxnOffsetCommit"]["topics"][number]["partitions"][number];

/** Versions from which `TRANSACTION_ABORTABLE` is understood, and offsets need no AddOffsetsToTxn before (KIP-890). */
const knowsAbortable = 4;
const addsItself = 5;

/** Offsets of a group that count when the transaction is committed (KIP-447). */
export const txnOffsetCommit: ApiRegistration = serve("TxnOffsetCommit", {
  handle(request, broker) {
    // Asked only when there is something to commit: unknown partitions say so even to a stranger.
    let verdict: ErrorName | undefined;
    return {
      topics: request.body.topics.map(({ name, partitions }) => {
        const unknown: AnsweredPartition[] = [];
        const answered: AnsweredPartition[] = [];
        for (const asked of partitions) {
          const { partitionIndex } = asked;
          if (broker.topics.partition(name, partitionIndex) === undefined) {
            unknown.push({ partitionIndex, errorCode: errorCodes.UNKNOWN_TOPIC_OR_PARTITION });
            continue;
          }
          verdict ??= problemOf(request, broker);
          const error = verdict === "NONE" ? commit(name, asked, request, broker) : verdict;
          answered.push({ partitionIndex, errorCode: errorCodes[error] });
        }
        return { name, partitions: [...unknown, ...answered] };
      }),
    };
  },
});

function problemOf({ version, body }: EngineRequest<"TxnOffsetCommit">, broker: BrokerState): ErrorName {
  const { transactionalId, groupId, memberId, groupInstanceId, generationId, ...identity } = body;
  if (groupId === "") return "INVALID_GROUP_ID";
  const partition = groupOffsetsPartition(groupId);
  const { transactions } = broker;
  const verdict =
    version >= addsItself
      ? transactions.add(transactionalId, identity, [partition])
      : transactions.verify(transactionalId, identity, partition);
  if (verdict !== "NONE") return writeError(verdict, { knowsAbortable: version >= knowsAbortable });
  const group = broker.groups.get(groupId);
  if (group === undefined) return generationId < 0 ? "NONE" : "ILLEGAL_GENERATION";
  return group.checkTransactionalCommit({ memberId, instanceId: groupInstanceId, generationId });
}

function commit(topic: string, asked: AskedPartition, { body }: EngineRequest<"TxnOffsetCommit">, broker: BrokerState): ErrorName {
  const metadata = asked.committedMetadata ?? "";
  if (metadata.length > broker.settings.offsetMetadataMaxBytes) return "OFFSET_METADATA_TOO_LARGE";
  broker.groups.commitInTransaction(body.producerId, body.groupId, topic, asked.partitionIndex, {
    offset: asked.committedOffset,
    leaderEpoch: asked.committedLeaderEpoch,
    metadata,
    committedAtMs: broker.clock.now(),
  });
  return "NONE";
}
