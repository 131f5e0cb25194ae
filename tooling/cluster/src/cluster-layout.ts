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
}

const repositoryRoot = resolve(import.meta.dirname, "../../..");

/** Maven's description of the jars to download. */
export const pomFile: string = resolve(import.meta.dirname, "../pom.xml");

/** Settings that say which cluster is meant. */
export interface ClusterPlace {
  /** @default `.cluster` in the repository's root */
  readonly directory?: string | undefined;
  /** @default `lib` in `directory` */
  readonly libraryDirectory?: string | undefined;
}

/** Lays out one cluster's folder; touches no file. */
export function createClusterLayout(place: ClusterPlace = {}): ClusterLayout {
  const directory = resolve(place.directory ?? join(repositoryRoot, ".cluster"));
  return {
    directory,
    libraryDirectory: resolve(place.libraryDirectory ?? join(directory, "lib")),
    dataDirectory: join(directory, "data"),
    logDirectory: join(directory, "logs"),
    stateFile: join(directory, "state.json"),
  };
}
