import { connect } from "node:net";

/** Sends bytes and their end. Resolves when the connection is closed, which the client does itself once it has an answer. */
export async function sendBytes(address: { readonly host: string; readonly port: number }, bytes: Buffer): Promise<void> {
  const socket = connect(address);
  await new Promise<void>((resolve) => {
    socket.on("error", () => resolve());
    socket.on("close", () => resolve());
    socket.on("data", () => socket.destroy());
    socket.end(bytes);
  });
}
