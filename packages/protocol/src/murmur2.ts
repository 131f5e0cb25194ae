const seed = 0x9747b28c;
const multiplier = 0x5bd1e995;

/**
 * The 32-bit murmur2 hash of a key as Kafka's Java client computes it, a signed number. The Java client's partition of a key is
 * `(murmur2(key) & 0x7fffffff) % partitionCount`.
 */
export function murmur2(key: Uint8Array): number {
  const length = key.length;
  let hash = seed ^ length;
  let at = 0;
  for (; at + 4 <= length; at += 4) {
    let word = (key[at] as number) | ((key[at + 1] as number) << 8) | ((key[at + 2] as number) << 16) | ((key[at + 3] as number) << 24);
    word = Math.imul(word, multiplier);
    word = Math.imul(word ^ (word >>> 24), multiplier);
    hash = Math.imul(hash, multiplier) ^ word;
  }
  const rest = length - at;
  if (rest === 3) hash ^= (key[at + 2] as number) << 16;
  if (rest >= 2) hash ^= (key[at + 1] as number) << 8;
  if (rest >= 1) hash = Math.imul(hash ^ (key[at] as number), multiplier);
  hash = Math.imul(hash ^ (hash >>> 13), multiplier);
  return hash ^ (hash >>> 15);
}
