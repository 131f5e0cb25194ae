/** A cluster that could not be started or stopped; the message says what to do. */
export class ClusterError extends Error {
  override readonly name = "ClusterError";
}
