// Written by tooling/protocol from the message definitions in Apache Kafka's client jar. Do not edit.
export interface ControlRecordTypeSchema {
  type: number;
}
