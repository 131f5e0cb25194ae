/**
 * Sets of operations as Kafka writes them: one bit per operation, at the operation's number. Without an authorizer everything that makes
 * sense for the resource is allowed.
 */
export const allTopicOperations: number = bits([3, 4, 5, 6, 7, 8, 10, 11]);
export const allClusterOperations: number = bits([5, 7, 8, 9, 10, 11, 12]);
export const allGroupOperations: number = bits([3, 6, 8, 10, 11]);
/** Stands for "was not asked". */
export const unaskedOperations = -2147483648;

function bits(operations: readonly number[]): number {
  return operations.reduce((set, operation) => set | (1 << operation), 0);
}
