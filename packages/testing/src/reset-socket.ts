import type { Socket } from "node:net";

/**
 * Ends a connection with a reset, where that can be done. Node (24.21) refuses it to a socket whose end is just being sent, but counts the socket as closing: its
 * handle would never go, and neither would the process.
 */
export function resetSocket(socket: Socket): void {
  if (socket.writableEnded && !socket.writableFinished) socket.destroy();
  else socket.resetAndDestroy();
}
