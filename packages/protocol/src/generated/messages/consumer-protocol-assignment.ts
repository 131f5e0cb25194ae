// Written by tooling/protocol from the message definitions in Apache Kafka's client jar. Do not edit.
export interface ConsumerProtocolAssignment {
  assignedPartitions: ConsumerProtocolAssignmentAssignedPartitions[];
  userData: Buffer | null;
}

export interface ConsumerProtocolAssignmentAssignedPartitions {
  topic: string;
  partitions: number[];
}
