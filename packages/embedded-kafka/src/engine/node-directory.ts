/** A broker of the cluster, and where clients find it. */
export interface BrokerNode {
  readonly id: number;
  readonly host: string;
  readonly port: number;
}

/** The brokers of the cluster. The first one is the controller, and coordinates all groups. */
export class NodeDirectory {
  readonly #nodes = new Map<number, BrokerNode>();

  constructor(nodes: readonly BrokerNode[]) {
    for (const node of nodes) this.#nodes.set(node.id, node);
  }

  all(): BrokerNode[] {
    return [...this.#nodes.values()];
  }

  get ids(): number[] {
    return [...this.#nodes.keys()];
  }

  has(id: number): boolean {
    return this.#nodes.has(id);
  }

  get(id: number): BrokerNode | undefined {
    return this.#nodes.get(id);
  }

  get controller(): BrokerNode {
    return this.#nodes.values().next().value!;
  }

  /** Says where a node can be reached; its port is known only when it listens. */
  moved(id: number, address: { readonly host: string; readonly port: number }): void {
    this.#nodes.set(id, { id, ...address });
  }
}
