/** A broker of the cluster, and where clients find it. */
export interface BrokerNode {
  readonly id: number;
  readonly host: string;
  readonly port: number;
}

/** A broker of the cluster as it is now. */
export interface BrokerNodeState extends BrokerNode {
  readonly isRunning: boolean;
  readonly isController: boolean;
}

/** The brokers of the cluster: where they are, which of them run, and which one is the controller, at first the first. */
export class NodeDirectory {
  readonly #nodes = new Map<number, BrokerNode>();
  readonly #stopped = new Set<number>();
  #controllerId: number;

  constructor(nodes: readonly BrokerNode[]) {
    for (const node of nodes) this.#nodes.set(node.id, node);
    this.#controllerId = nodes[0]!.id;
  }

  all(): BrokerNodeState[] {
    return Array.from(this.#nodes.values(), (node) => ({
      ...node,
      isRunning: this.isRunning(node.id),
      isController: node.id === this.#controllerId,
    }));
  }

  /** Those that a client can be sent to. */
  running(): BrokerNode[] {
    return [...this.#nodes.values()].filter(({ id }) => !this.#stopped.has(id));
  }

  get ids(): number[] {
    return [...this.#nodes.keys()];
  }

  has(id: number): boolean {
    return this.#nodes.has(id);
  }

  isRunning(id: number): boolean {
    return this.#nodes.has(id) && !this.#stopped.has(id);
  }

  isStopped(id: number): boolean {
    return this.#stopped.has(id);
  }

  get(id: number): BrokerNode | undefined {
    return this.#nodes.get(id);
  }

  get controller(): BrokerNode {
    return this.#nodes.get(this.#controllerId)!;
  }

  /** Says where a node can be reached; its port is known only when it listens. */
  moved(id: number, address: { readonly host: string; readonly port: number }): void {
    this.#nodes.set(id, { id, ...address });
  }

  /** Another one becomes the controller if this was it. There must be another one. */
  stopped(id: number): void {
    this.#stopped.add(id);
    if (this.#controllerId === id) this.#controllerId = this.runningAfter(id);
  }

  started(id: number): void {
    this.#stopped.delete(id);
  }

  /** The next node in turn that runs; the same one when there is no other. */
  runningAfter(id: number): number {
    const ids = this.ids;
    const at = ids.indexOf(id);
    for (let step = 1; step < ids.length; step++) {
      const next = ids[(at + step) % ids.length]!;
      if (!this.#stopped.has(next)) return next;
    }
    return id;
  }
}
