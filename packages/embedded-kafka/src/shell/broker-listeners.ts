import { ListenError } from "../listen-error.ts";
import { type Listener, type ListenerOptions, listen } from "./listener.ts";

/**
 * The doors of all brokers of a cluster. Opening and closing happen one after another, in the order of the calls, together with what the caller does
 * to the engine: so the two agree, however calls follow each other.
 */
export interface BrokerListeners {
  /** The brokers' ports, in order of their ids; that of a closed one is the one it had. */
  readonly ports: readonly number[];
  /** Opens a broker's door again, at the port that it had, and then calls `opened`. @throws ListenError (`LISTEN_FAILED`) when it cannot be had */
  open(nodeId: number, opened: () => void): Promise<void>;
  /** Calls `closing`, and unless that throws stops listening for one broker and drops its connections. */
  close(nodeId: number, closing: () => void): Promise<void>;
  /** Drops every connection of every broker, calls `dropped`, and opens every door. @throws ListenError (`LISTEN_FAILED`) */
  renew(dropped: () => void): Promise<void>;
  /** Closes all of them for good. Idempotent. */
  closeAll(): Promise<void>;
}

/** Opens a door for each broker, in order of their ids. @throws ListenError (`LISTEN_FAILED`) for the first port that cannot be had */
export async function openListeners(
  options: Omit<ListenerOptions, "nodeId" | "port"> & { readonly firstNodeId: number; readonly ports: readonly number[] },
): Promise<BrokerListeners> {
  const { firstNodeId, ports: askedPorts, ...shared } = options;
  const listeners = new Map<number, Listener>();
  const ports: number[] = [];
  let closed = false;
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <Result>(go: () => Promise<Result>): Promise<Result> => {
    const result = last.then(go, go);
    // Who called hears of a failure; the next one in turn goes on all the same.
    last = result.catch(() => {});
    return result;
  };
  const openAt = async (nodeId: number, port: number): Promise<void> => {
    if (closed || listeners.has(nodeId)) return;
    try {
      const listener = await listen({ ...shared, nodeId, port });
      listeners.set(nodeId, listener);
      ports[nodeId - firstNodeId] = listener.port;
    } catch (cause) {
      throw new ListenError(shared.host, port, { cause });
    }
  };
  const closeOne = async (nodeId: number): Promise<void> => {
    const listener = listeners.get(nodeId);
    listeners.delete(nodeId);
    await listener?.close();
  };
  const all: BrokerListeners = {
    ports,
    open: (nodeId, opened) =>
      inTurn(async () => {
        await openAt(nodeId, ports[nodeId - firstNodeId] ?? 0);
        opened();
      }),
    close: (nodeId, closing) =>
      inTurn(async () => {
        closing();
        await closeOne(nodeId);
      }),
    renew: (dropped) =>
      inTurn(async () => {
        const disconnected = Array.from(listeners.values(), (listener) => listener.disconnectAll());
        dropped();
        await Promise.all([...disconnected, ...ports.map((port, index) => openAt(firstNodeId + index, port))]);
      }),
    closeAll() {
      closed = true;
      return inTurn(async () => void (await Promise.all([...listeners.keys()].map(closeOne))));
    },
  };
  try {
    for (const [index, port] of askedPorts.entries()) await openAt(firstNodeId + index, port);
  } catch (error) {
    await all.closeAll();
    throw error;
  }
  return all;
}
