/** Kafka's limit on the length of a topic's name, in characters. */
export const maxTopicNameLength = 249;

/** Whether a topic's name may hold all characters of `text`: ASCII letters, digits, `.`, `_` and `-`. The empty text has no other. */
export function hasTopicNameCharacters(text: string): boolean {
  return /^[a-zA-Z0-9._-]*$/.test(text);
}
