import { mkdir, rm } from "node:fs/promises";
import { type ClusterPlace, createClusterLayout } from "./cluster-layout.ts";
import { withClusterLock } from "./cluster-lock.ts";
import { writeClusterState } from "./cluster-state.ts";
import { findOwnProcesses, stopOwnProcesses } from "./own-process.ts";
import { requireLinux } from "./require-linux.ts";

/**
 * Stops every service of the cluster, also one that the state file does not know, and removes their data. Logs and downloads stay.
 * Stopping a cluster that is down does nothing. Gives back the pids it stopped.
 */
export async function stopCluster(place: ClusterPlace = {}): Promise<readonly number[]> {
  requireLinux();
  const layout = createClusterLayout(place);
  return await withClusterLock(layout.directory, 180_000, async () => {
    const pids = await findOwnProcesses(layout.directory);
    await stopOwnProcesses(pids, layout.directory, 15_000);
    await mkdir(layout.directory, { recursive: true });
    await writeClusterState(layout.stateFile, { services: [] });
    await rm(layout.dataDirectory, { recursive: true, force: true });
    return pids;
  });
}
