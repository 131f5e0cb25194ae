// Written by tooling/protocol from the message definitions in Apache Kafka's client jar. Do not edit.
export interface LeaveGroupRequest {
  groupId: string;
  memberId: string;
  members: LeaveGroupRequestMembers[];
}

export interface LeaveGroupRequestMembers {
  memberId: string;
  groupInstanceId: string | null;
  reason: string | null;
}

export interface LeaveGroupResponse {
  throttleTimeMs: number;
  errorCode: number;
  members: LeaveGroupResponseMembers[];
}

export interface LeaveGroupResponseMembers {
  memberId: string;
  groupInstanceId: string | null;
  errorCode: number;
}
