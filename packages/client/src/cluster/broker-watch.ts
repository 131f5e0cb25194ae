import type { DriverContext } from "@millrace/kafka";
import type { BrokerAddress } from "../transport.ts";

/** Counts the connections to each broker, of all that a client made, and tells when a broker has its first and when it has none any more. */
export class BrokerWatch {
  readonly #open = new Map<string, number>();
  readonly #tell: NonNullable<DriverContext["onEvent"]>;

  constructor(tell: DriverContext["onEvent"]) {
    this.#tell = tell ?? (() => undefined);
  }

  opened({ host, port }: BrokerAddress): void {
    const broker = `${host}:${port}`;
    const before = this.#open.get(broker) ?? 0;
    this.#open.set(broker, before + 1);
    if (before === 0) this.#tell({ type: "connected", broker });
  }

  /** `lost`: not because somebody here wanted it. */
  closed({ host, port }: BrokerAddress, reason: "closed" | "lost"): void {
    const broker = `${host}:${port}`;
    const left = (this.#open.get(broker) ?? 1) - 1;
    if (left > 0) this.#open.set(broker, left);
    else {
      this.#open.delete(broker);
      this.#tell({ type: "disconnected", broker, reason });
    }
  }
}
