// Written by tooling/protocol from the message definitions in Apache Kafka's client jar. Do not edit.
export interface JoinGroupRequest {
  groupId: string;
  sessionTimeoutMs: number;
  rebalanceTimeoutMs: number;
  memberId: string;
  groupInstanceId: string | null;
  protocolType: string;
  protocols: JoinGroupRequestProtocols[];
  reason: string | null;
}

export interface JoinGroupRequestProtocols {
  name: string;
  metadata: Buffer;
}

export interface JoinGroupResponse {
  throttleTimeMs: number;
  errorCode: number;
  generationId: number;
  protocolType: string | null;
  protocolName: string | null;
  leader: string;
  skipAssignment: boolean;
  memberId: string;
  members: JoinGroupResponseMembers[];
}

export interface JoinGroupResponseMembers {
  memberId: string;
  groupInstanceId: string | null;
  metadata: Buffer;
}
