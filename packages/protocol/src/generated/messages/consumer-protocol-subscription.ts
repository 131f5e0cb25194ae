// Written by tooling/protocol from the message definitions in Apache Kafka's client jar. Do not edit.
export interface ConsumerProtocolSubscription {
  topics: string[];
  userData: Buffer | null;
  ownedPartitions: ConsumerProtocolSubscriptionOwnedPartitions[];
  generationId: number;
  rackId: string | null;
}

export interface ConsumerProtocolSubscriptionOwnedPartitions {
  topic: string;
  partitions: number[];
}
