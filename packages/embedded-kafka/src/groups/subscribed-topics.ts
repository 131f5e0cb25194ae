import { decodeVersionedMessage, ProtocolError } from "@millrace/protocol";
import type { ClassicGroup } from "./classic-group.ts";

/** What consumers call their groups' protocol. */
export const consumerProtocolType = "consumer";

/** The topics that the members of a group of consumers read, or `undefined` when they do not say it in a form that can be read. */
export function subscribedTopicsOf({ members, protocolType, protocolName }: ClassicGroup): ReadonlySet<string> | undefined {
  if (members.length === 0) return new Set();
  if (protocolType !== consumerProtocolType || protocolName === "") return undefined;
  try {
    return new Set(
      members.flatMap((member) => decodeVersionedMessage("ConsumerProtocolSubscription", member.metadataFor(protocolName)).body.topics),
    );
  } catch (error) {
    if (ProtocolError.is(error)) return undefined;
    throw error;
  }
}
