/** Kafka's "no id": sixteen zero bytes in its usual text form (base64url without padding). */
export const zeroUuid = "AAAAAAAAAAAAAAAAAAAAAA";
