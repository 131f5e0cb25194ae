/** What is under way at one broker. */
interface NodeConnections {
  polling: boolean;
  eager: boolean;
}

/** The requests under way. They outlive the session that sent them: a broker answers the next one only after the one before. */
export class FetchConnections {
  readonly #nodes = new Map<number, NodeConnections>();
  /** Called when a connection is free again. */
  onFree: () => void = () => {};

  node(nodeId: number): NodeConnections {
    const node = this.#nodes.get(nodeId) ?? { polling: false, eager: false };
    this.#nodes.set(nodeId, node);
    return node;
  }
}
