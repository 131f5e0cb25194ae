import type { TopicCodec } from "@millrace/kafka";
import type { DeadLetter, RedriveMessage } from "@millrace/retry";
import { textAt } from "./deliveries.ts";
import type { Delivery } from "./topics.ts";

/**
 * Mends a dead delivery: one without a repository belongs to its organisation, its installation's account, or whoever sent it. A delivery that belongs to
 * nobody stays a dead letter.
 */
export function upcastDelivery(letter: DeadLetter, codec: TopicCodec<string, Delivery>): RedriveMessage | null {
  if (letter.value === null) return null;
  const delivery = codec.value.deserialize(letter.value);
  // It failed for another reason, such as too many passing faults in a row: as it is, it may succeed now.
  if (delivery.repository !== null) return {};
  const owner = ownerOf(JSON.parse(delivery.payload));
  if (owner === null) return null;
  const round = /#\d+$/.exec(delivery.id)?.[0] ?? "";
  const repository = `${owner}${round}`;
  return { key: codec.key.serialize(repository), value: codec.value.serialize({ ...delivery, repository }) };
}

function ownerOf(payload: unknown): string | null {
  const login =
    textAt(payload, "organization", "login") ?? textAt(payload, "installation", "account", "login") ?? textAt(payload, "sender", "login");
  return login === null ? null : `${login}/*`;
}
