import { isUtf8 } from "node:buffer";
import type { ObservedMessage, Operation } from "@millrace/core";
import type { Attributes } from "@opentelemetry/api";

/** What `messaging.operation.type` is for each operation. */
export const operationTypes = { create: "create", send: "send", poll: "receive", process: "process", commit: "settle" } as const;

/** An operation by its name in the conventions. */
export type OperationName = keyof typeof operationTypes;

/** Which names are written: the newest, or those that older services know too. */
export type Conventions = "newest" | "both";

const olderOperations = { create: "publish", send: "publish", poll: "receive", process: "process", commit: "settle" } as const;
const longestKey = 256;

/** A span's name: the operation, and what it works on if that is one thing. */
export function spanName(name: OperationName, topic: string | undefined): string {
  return topic === undefined ? name : `${name} ${topic}`;
}

/** What is known of an operation when its span starts. */
export function spanAttributes(name: OperationName, operation: Omit<Operation, "name">, conventions: Conventions): Attributes {
  const { topic, partition, group, clientId, messageCount } = operation;
  const attributes: Attributes = {
    "messaging.system": "kafka",
    "messaging.operation.name": name,
    "messaging.operation.type": operationTypes[name],
  };
  if (topic !== undefined) attributes["messaging.destination.name"] = topic;
  if (partition !== undefined) attributes["messaging.destination.partition.id"] = String(partition);
  if (group !== undefined) attributes["messaging.consumer.group.name"] = group;
  if (clientId !== undefined) attributes["messaging.client.id"] = clientId;
  if (messageCount !== undefined) attributes["messaging.batch.message_count"] = messageCount;
  if (conventions === "newest") return attributes;
  attributes["messaging.operation"] = olderOperations[name];
  if (partition !== undefined) attributes["messaging.kafka.destination.partition"] = partition;
  if (group !== undefined) attributes["messaging.kafka.consumer.group"] = group;
  if (clientId !== undefined) attributes["messaging.client_id"] = clientId;
  return attributes;
}

/** What is known of one message: on its own span, or on a batch's link to it. */
export function messageAttributes(message: ObservedMessage, conversation: string | undefined, conventions: Conventions): Attributes {
  const { key, value, offset } = message;
  const attributes: Attributes = {};
  if (offset !== undefined) attributes["messaging.kafka.offset"] = offset;
  if (offset !== undefined && conventions === "both") attributes["messaging.kafka.message.offset"] = offset;
  if (key !== undefined && key !== null && key.length <= longestKey && isUtf8(key)) {
    attributes["messaging.kafka.message.key"] = Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString("utf8");
  }
  if (value === null) attributes["messaging.kafka.message.tombstone"] = true;
  if (conversation !== undefined) attributes["messaging.message.conversation_id"] = conversation;
  return attributes;
}
