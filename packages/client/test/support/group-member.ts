import { encodeVersionedMessage, type ResponseTypes } from "@millrace/protocol";
import type { Transport, TransportConnection } from "../../src/index.ts";

/** A member of a group that does one step at a time, so that the group can be looked at in between. */
export interface SteppingMember {
  join(): Promise<ResponseTypes["JoinGroup"]>;
  sync(): Promise<ResponseTypes["SyncGroup"]>;
  leave(): Promise<ResponseTypes["LeaveGroup"]>;
  close(): void;
}

/** Speaks to the first address, which must coordinate the group. */
export async function createSteppingMember(transport: Transport, groupId: string, topic: string): Promise<SteppingMember> {
  const [address] = await transport.bootstrap();
  const connection: TransportConnection = await transport.open(address!, { signal: new AbortController().signal });
  const userData = Buffer.alloc(0);
  const metadata = encodeVersionedMessage("ConsumerProtocolSubscription", 0, { topics: [topic], userData });
  const assignedPartitions = [{ topic, partitions: [0] }];
  const assignment = encodeVersionedMessage("ConsumerProtocolAssignment", 0, { assignedPartitions, userData });
  let memberId = "";
  let generationId = -1;
  return {
    // The last version that gives a member its id at once.
    join: async () => {
      const protocols = [{ name: "range", metadata }];
      const body = { groupId, memberId, sessionTimeoutMs: 10_000, rebalanceTimeoutMs: 10_000, protocolType: "consumer", protocols };
      const joined = await connection.exchange({ api: "JoinGroup", version: 3, body, expectAnswer: true });
      ({ memberId, generationId } = joined);
      return joined;
    },
    sync: async () => {
      const body = { groupId, generationId, memberId, assignments: [{ memberId, assignment }] };
      return await connection.exchange({ api: "SyncGroup", version: 2, body, expectAnswer: true });
    },
    leave: async () => await connection.exchange({ api: "LeaveGroup", version: 2, body: { groupId, memberId }, expectAnswer: true }),
    close: () => connection.close(),
  };
}
