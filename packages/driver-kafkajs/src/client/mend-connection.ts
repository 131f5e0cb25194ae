import { KafkaError } from "@millrace/kafka";
import type { KafkaJsConnection } from "./kafkajs-internals.ts";

const lengthBytes = 4;

/**
 * Mends what kafkajs 2.2.4 does when a connection breaks and is made again on the same object:
 *
 * - Two requests that find it closed at the same time open two sockets, of which the first is lost. Here they share one attempt.
 * - What had arrived of an answer when the socket broke is kept, and the next socket's bytes are appended to it: from there on every length is wrong, no
 *   answer is found any more, and reading one may throw out of a socket listener and end the process. Here a new socket starts with nothing buffered.
 * - A connection that is being given up counts as connected until its last answer came, so that requests are written to a socket that is gone, and the
 *   late end or error of that socket closes the one after it. Here it is closed at once and no longer listened to, and what waits is rejected.
 * - Bytes that are no answer throw out of a socket listener. Here they end the connection.
 */
export function mendConnection(connection: KafkaJsConnection): void {
  const { connect, processData } = connection;
  let connecting: Promise<unknown> | undefined;
  connection.connect = () => {
    if (connecting !== undefined) return connecting;
    if (!connection.isConnected()) forgetBytes(connection);
    connecting = connect.call(connection).finally(() => {
      connecting = undefined;
    });
    return connecting;
  };
  connection.disconnect = async () => {
    const { socket, authHandlers } = connection;
    connection.socket = undefined;
    connection.authenticatedAt = null;
    connection.connectionStatus = "disconnected";
    connection.requestQueue.destroy();
    authHandlers?.onError();
    connection.rejectRequests(
      new KafkaError({ code: "KAFKA_DISCONNECTED", retryable: true, message: "The connection to the broker was given up." }),
    );
    // Whoever waits for a socket to open hears of its end through the listeners.
    if (connecting !== undefined) socket?.destroy(new Error("given up while connecting"));
    else if (socket !== undefined) letGo(socket);
    return true;
  };
  connection.processData = (data) => {
    try {
      processData.call(connection, data);
    } catch (error) {
      connection.socket?.destroy(error as Error);
    }
  };
}

function forgetBytes(connection: KafkaJsConnection): void {
  connection.chunks = [];
  connection.bytesBuffered = 0;
  connection.bytesNeeded = lengthBytes;
}

function letGo(socket: NonNullable<KafkaJsConnection["socket"]>): void {
  for (const event of ["data", "end", "timeout", "error"] as const) socket.removeAllListeners(event);
  socket.on("error", () => {});
  // What was written still leaves, and the other side's end is seen only by who reads.
  socket.resume();
  socket.end();
  socket.unref();
}
