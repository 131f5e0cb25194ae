import { zeroUuid } from "@millrace/protocol";
import type { EngineRequest, ResponseBody } from "../engine/api-registration.ts";
import type { TopicLayout } from "./topic-layout.ts";

/** Part of a request or an answer, seen through its layout. */
type Part = Readonly<Record<string, unknown>>;

/** The topic, and perhaps the partition, that a fault is for. */
export interface TopicTarget {
  readonly topic: string;
  readonly partition?: number | undefined;
}

/** A request in two: what a fault is for, and the rest. Either may be missing. */
export interface SplitRequest {
  readonly met: EngineRequest | undefined;
  readonly rest: EngineRequest | undefined;
}

/** Splits a request by the topics and partitions that it names. `nameOf` finds the name of a topic that is named by its id. */
export function splitRequest(
  request: EngineRequest,
  layout: TopicLayout,
  target: TopicTarget,
  nameOf: (topicId: string) => string | undefined,
): SplitRequest {
  const body = request.body as unknown as Part;
  const met: Record<string, unknown> = { ...body };
  const rest: Record<string, unknown> = { ...body };
  let isMet = false;
  let isLeft = false;
  for (const list of layout.asked) {
    const topics = body[list] as readonly (string | Part)[] | null | undefined;
    // No list at all asks for every topic there is.
    if (topics === null) isMet = true;
    if (topics === null || topics === undefined) continue;
    const metTopics: (string | Part)[] = [];
    const restTopics: (string | Part)[] = [];
    for (const topic of topics) {
      const [inside, outside] = splitTopic(topic, layout, target, nameOf);
      if (inside !== undefined) metTopics.push(inside);
      if (outside !== undefined) restTopics.push(outside);
    }
    met[list] = metTopics;
    rest[list] = restTopics;
    isMet ||= metTopics.length > 0;
    isLeft ||= restTopics.length > 0;
  }
  return {
    met: isMet ? ({ ...request, body: met } as unknown as EngineRequest) : undefined,
    rest: isLeft ? ({ ...request, body: rest } as unknown as EngineRequest) : undefined,
  };
}

function splitTopic(
  topic: string | Part,
  layout: TopicLayout,
  target: TopicTarget,
  nameOf: (topicId: string) => string | undefined,
): readonly [inside: string | Part | undefined, outside: string | Part | undefined] {
  const ownName = typeof topic === "string" ? topic : (topic[layout.name ?? "name"] as string | null);
  const name = ownName === null || ownName === "" ? nameOf((topic as Part)["topicId"] as string) : ownName;
  if (name !== target.topic) return [undefined, topic];
  const { askedPartitions, index = "partitionIndex" } = layout;
  if (typeof topic === "string" || askedPartitions === undefined || target.partition === undefined) return [topic, undefined];
  const partitions = topic[askedPartitions] as readonly (number | Part)[];
  const isInside = (partition: number | Part): boolean =>
    (typeof partition === "number" ? partition : partition[index]) === target.partition;
  const inside = partitions.filter(isInside);
  const outside = partitions.filter((partition) => !isInside(partition));
  return [
    inside.length > 0 ? { ...topic, [askedPartitions]: inside } : undefined,
    outside.length > 0 ? { ...topic, [askedPartitions]: outside } : undefined,
  ];
}

/** Puts the entries of one answer into another, instead of the ones for the same topics and partitions that it has. */
export function mergeAnswers(answer: ResponseBody, part: ResponseBody, layout: TopicLayout): ResponseBody {
  const { answered, answeredPartitions } = layout;
  if (answered === undefined) return part;
  const ours = part as unknown as Part;
  const all = answer as unknown as Part;
  const name = layout.name ?? "name";
  const merge = (
    left: readonly Part[],
    right: readonly Part[],
    keyOf: (entry: Part) => unknown,
    both: (one: Part, other: Part) => Part,
  ) => {
    const merged = new Map(left.map((entry) => [keyOf(entry), entry]));
    for (const entry of right) {
      const present = merged.get(keyOf(entry));
      merged.set(keyOf(entry), present === undefined ? entry : both(present, entry));
    }
    return [...merged.values()];
  };
  const topics = merge(
    (all[answered] ?? []) as readonly Part[],
    (ours[answered] ?? []) as readonly Part[],
    (topic) => JSON.stringify([topic[name] ?? "", topic["topicId"] ?? zeroUuid]),
    (present, topic) =>
      answeredPartitions === undefined
        ? topic
        : {
            ...present,
            [answeredPartitions]: merge(
              present[answeredPartitions] as readonly Part[],
              topic[answeredPartitions] as readonly Part[],
              (partition) => partition["partitionIndex"] ?? partition["index"] ?? partition["partition"],
              (_, partition) => partition,
            ),
          },
  );
  return { ...all, [answered]: topics };
}
