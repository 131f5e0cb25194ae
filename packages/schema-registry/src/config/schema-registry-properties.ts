import type { PropertyTarget } from "@millrace/config";

const numberOf = (value: unknown, factor: number): unknown =>
  value === "" || Number.isNaN(Number(value)) ? value : Number(value) * factor;

/** What Kafka's own clients call the settings of a schema registry. */
export const schemaRegistryProperties: Readonly<Record<string, PropertyTarget>> = {
  "schema.registry.url": {
    // Java's is a list: any of them will do.
    read: (value) => {
      const [url, ...urls] = String(value)
        .split(",")
        .map((address) => address.trim())
        .filter((address) => address !== "");
      return { url, ...(urls.length > 0 && { urls }) };
    },
    write: ({ url, urls }) =>
      ([url, ...((urls as readonly string[] | undefined) ?? [])] as readonly string[])
        .filter((address) => address !== undefined)
        .join(",") || undefined,
  },
  "basic.auth.credentials.source": {
    read: (value) => (value === "USER_INFO" ? {} : "must be USER_INFO, with basic.auth.user.info beside it"),
    write: ({ username }) => (username === undefined ? undefined : "USER_INFO"),
  },
  "basic.auth.user.info": {
    read: (value) => {
      const text = String(value);
      const colon = text.indexOf(":");
      return colon < 1 ? "must be user:password" : { username: text.slice(0, colon), password: text.slice(colon + 1) };
    },
    write: ({ username, password }) => (username === undefined ? undefined : [username, password].join(":")),
  },
  "bearer.auth.credentials.source": {
    read: (value) => (value === "STATIC_TOKEN" ? {} : "must be STATIC_TOKEN, with bearer.auth.token beside it"),
    write: ({ token }) => (token === undefined ? undefined : "STATIC_TOKEN"),
  },
  "bearer.auth.token": "token",
  "auto.register.schemas": "autoRegister",
  "normalize.schemas": "normalize",
  "latest.cache.ttl.sec": {
    read: (value) => ({ latestTtlMs: numberOf(value, 1_000) }),
    write: ({ latestTtlMs }) => (typeof latestTtlMs === "number" && Number.isFinite(latestTtlMs) ? latestTtlMs / 1_000 : undefined),
  },
  // Not just api.key: KAFKA_API_KEY is often that of the brokers, and a registry must not be told it.
  "schema.registry.api.key": { setting: "username", dialect: "alias" },
  "schema.registry.api.secret": { setting: "password", dialect: "alias" },
};
