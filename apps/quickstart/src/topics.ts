import { avro, string } from "@millrace/serdes";
import { defineTopic, type Topic } from "@millrace/topics";

/** A webhook delivery as it is published. */
export interface Delivery {
  readonly id: string;
  readonly event: string;
  readonly action: string | null;
  /** Full name of the repository, which is also the key; some deliveries have none. */
  readonly repository: string | null;
  /** The delivery itself, as JSON text. */
  readonly payload: string;
}

/** What handling one delivery left behind. */
export interface Activity {
  readonly delivery: string;
  readonly event: string;
  readonly repository: string;
  readonly sourcePartition: number;
  readonly sourceOffset: number;
  /** Handler attempts it took in this life of the record, those of earlier rounds included. */
  readonly attempts: number;
  /** How often it was brought back from the dead letters. */
  readonly redrives: number;
  /** Handlers at work at that moment. */
  readonly running: number;
  /** Milliseconds since the epoch. */
  readonly publishedAt: number;
  readonly handledAt: number;
}

const optionalText = ["null", "string"] as const;

/** The first version of the schema of deliveries. */
export const deliverySchema = {
  type: "record",
  name: "Delivery",
  namespace: "millrace.quickstart",
  fields: [
    { name: "id", type: "string" },
    { name: "event", type: "string" },
    { name: "action", type: optionalText, default: null },
    { name: "repository", type: optionalText, default: null },
    { name: "payload", type: "string" },
  ],
} as const;

const activitySchema = {
  type: "record",
  name: "Activity",
  namespace: "millrace.quickstart",
  fields: [
    { name: "delivery", type: "string" },
    { name: "event", type: "string" },
    { name: "repository", type: "string" },
    { name: "sourcePartition", type: "int" },
    { name: "sourceOffset", type: "long" },
    { name: "attempts", type: "int" },
    { name: "redrives", type: "int" },
    { name: "running", type: "int" },
    { name: "publishedAt", type: "long" },
    { name: "handledAt", type: "long" },
  ],
} as const;

/** The topics and the group of one run. */
export interface JobTopics {
  readonly deliveries: Topic<string, Delivery>;
  readonly activity: Topic<string, Activity>;
  readonly group: string;
}

const partitions = 6;

/** Topics and group named after the run: the same input meets its own topics again, another input never does. */
export function jobTopics(runId: string): JobTopics {
  return {
    deliveries: defineTopic({ name: `quickstart.${runId}.deliveries`, key: string(), value: avro<Delivery>(deliverySchema), partitions }),
    activity: defineTopic({ name: `quickstart.${runId}.activity`, key: string(), value: avro<Activity>(activitySchema), partitions }),
    group: `quickstart-${runId}`,
  };
}
