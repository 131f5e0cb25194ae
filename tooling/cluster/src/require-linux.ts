import { ClusterError } from "./cluster-error.ts";

/** The cluster tells its own processes from others by /proc. */
export function requireLinux(): void {
  if (process.platform !== "linux") {
    throw new ClusterError(`The cluster runs on Linux only, this is ${process.platform}. All other tests (pnpm test) run here.`);
  }
}
