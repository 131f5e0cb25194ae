/**
 * The transactional id for the work on one partition of one group: `group/topic/partition`. Whoever takes the partition over uses the same id, and so fences the
 * member that had it before, even if that does not know yet. No two places share an id, because topics have no `/` in their names.
 */
export function transactionalIdFor(group: string, topic: string, partition: number): string {
  return `${group}/${topic}/${partition}`;
}
