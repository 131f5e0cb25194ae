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
  /** Whether it is the broker that asks who is there. */
  readonly secured: boolean;
}

const repositoryRoot = resolve(import.meta.dirname, "../../..");

/** Maven's description of the jars to download. */
export const pomFile: string = resolve(import.meta.dirname, "../pom.xml");

/** Settings that say which cluster is meant. */
export interface ClusterPlace {
  /** Brokers of the cluster. Each number is a cluster of its own, so that several stand side by side. @default 1 */
  readonly nodes?: number | undefined;
  /** The single broker that asks who is there, beside the others. @default false */
  readonly secured?: boolean | undefined;
  /** @default `.cluster` in the repository's root, `.cluster/nodes-3` for three nodes, or `.cluster/secured` */
  readonly directory?: string | undefined;
  /** @default `lib` in `directory`, or in `.cluster` where that is not given */
  readonly libraryDirectory?: string | undefined;
}

/** Lays out one cluster's folder; touches no file. */
export function createClusterLayout(place: ClusterPlace = {}): ClusterLayout {
  const { nodes = 1, secured = false } = place;
  const shared = join(repositoryRoot, ".cluster");
  const own = secured ? "secured" : nodes === 1 ? "." : `nodes-${nodes}`;
  const directory = resolve(place.directory ?? join(shared, own));
  return {
    nodes,
    secured,
    directory,
    libraryDirectory: resolve(place.libraryDirectory ?? join(place.directory ?? shared, "lib")),
    dataDirectory: join(directory, "data"),
    logDirectory: join(directory, "logs"),
    stateFile: join(directory, "state.json"),
  };
}
