import { createHash } from "node:crypto";
import { createServer, type Server } from "node:net";
import { ClusterError } from "./cluster-error.ts";
import { waitUntil } from "./wait-until.ts";

/**
 * Runs `task` while no other process starts or stops the cluster in `directory`. The lock is an abstract Unix socket: the system gives it
 * back when its owner ends, however it ends, and it leaves no file.
 */
export async function withClusterLock<Result>(directory: string, waitMs: number, task: () => Promise<Result>): Promise<Result> {
  const name = `\0millrace-cluster-${createHash("sha256").update(directory).digest("hex").slice(0, 24)}`;
  let server: Server | undefined;
  const locked = await waitUntil(
    async () => {
      server = await new Promise((resolve, reject) => {
        const candidate = createServer((socket) => socket.destroy());
        candidate.once("error", (error: NodeJS.ErrnoException) => {
          if (error.code === "EADDRINUSE") resolve(undefined);
          else reject(error);
        });
        candidate.listen(name, () => resolve(candidate));
      });
      return server !== undefined;
    },
    waitMs,
    200,
  );
  if (!locked) throw new ClusterError(`Another process has been starting or stopping the cluster in ${directory} for ${waitMs} ms.`);
  try {
    return await task();
  } finally {
    await new Promise((resolve) => server?.close(resolve));
  }
}
