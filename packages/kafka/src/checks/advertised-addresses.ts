import type { Check } from "@millrace/core";
import { type KafkaCheckContext, withoutNetwork } from "./kafka-check-context.ts";
import { addressOf, advertisedBrokers, isSilent, probeAll } from "./probed-addresses.ts";

/** Whether the addresses that brokers tell clients can be reached from here: whoever knows a server only gets as far as its first answer. */
export const advertisedAddresses: Check<KafkaCheckContext> = {
  finds: ["advertised-address-unreachable"],
  blockedBy: withoutNetwork,
  async run(context) {
    const brokers = await advertisedBrokers(context);
    const ids = new Map(brokers.map((broker) => [addressOf(broker), broker.id]));
    const silent = (await probeAll(context, [...ids.keys()])).filter(isSilent);
    return silent.flatMap(({ address, probe }) => {
      // A configured server that does not answer is down, whatever it is told to be.
      if (context.connection?.brokers.includes(address) === true) return [];
      const id = ids.get(address) ?? -1;
      return [
        {
          problem: "advertised-address-unreachable",
          severity: "error",
          subject: `broker ${id}`,
          message: `Broker ${id} tells clients to connect to ${address}, which ${probe.why}.`,
          evidence: { id, address, ...(probe.found === "nobody" && { code: probe.code }) },
          fix: `Set advertised.listeners of broker ${id} to an address that this machine can reach, or open the way to ${address}.`,
        },
      ];
    });
  },
};
