import type { AnyTopic } from "@millrace/topics";
import type { DriverAdmin } from "../driver/driver-admin.ts";

/** What `ensureTopics` found for one declared topic. */
export interface TopicReport {
  readonly topic: string;
  readonly action: "created" | "verified" | "differs" | "missing";
  /** What differs from the declaration, as sentences; empty when nothing does. */
  readonly differences: readonly string[];
}

/** Asks and changes a cluster. Made by `kafka.admin()`; connects on first use. */
export interface Admin extends DriverAdmin {
  /**
   * Creates declared topics that are missing (`create`, the default) or only looks (`verify`); reports every difference in partitions and configs, changes nothing
   * that exists.
   */
  ensureTopics(topics: readonly AnyTopic[], options?: { readonly mode?: "create" | "verify" }): Promise<readonly TopicReport[]>;
  [Symbol.asyncDispose](): Promise<void>;
}
