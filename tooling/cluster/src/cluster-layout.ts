import { join, resolve } from "node:path";

/** Where everything of one cluster lies. */
export interface ClusterLayout {
  /** The cluster's own folder. */
  readonly directory: string;
  /** Downloaded programs, kept between runs. */
  readonly libraryDirectory: string;
  /** Data of the running services, gone after `down`. */
  readonly dataDirectory: string;
  /** One log file per service, and the service's output before the current start as `.previous`. */
  readonly logDirectory: string;
  /** What runs, see `ClusterState`. */
  readonly stateFile: string;
  /** How many Kafka brokers the cluster has. */
  readonly nodes: number;
}

const repositoryRoot = resolve(import.meta.dirname, "../../..");

/** Maven's description of the jars to download. */
export const pomFile: string = resolve(import.meta.dirname, "../pom.xml");

/** Settings that say which cluster is meant. */
export interface ClusterPlace {
  /** Brokers of the cluster. Each number is a cluster of its own, so that several stand side by side. @default 1 */
  readonly nodes?: number | undefined;
  /** @default `.cluster` in the repository's root, or `.cluster/nodes-3` for three nodes */
  readonly directory?: string | undefined;
  /** @default `lib` in `directory`, or in `.cluster` where that is not given */
  readonly libraryDirectory?: string | undefined;
}

/** Lays out one cluster's folder; touches no file. */
export function createClusterLayout(place: ClusterPlace = {}): ClusterLayout {
  const { nodes = 1 } = place;
  const shared = join(repositoryRoot, ".cluster");
  const directory = resolve(place.directory ?? (nodes === 1 ? shared : join(shared, `nodes-${nodes}`)));
  return {
    nodes,
    directory,
    libraryDirectory: resolve(place.libraryDirectory ?? join(place.directory ?? shared, "lib")),
    dataDirectory: join(directory, "data"),
    logDirectory: join(directory, "logs"),
    stateFile: join(directory, "state.json"),
  };
}
