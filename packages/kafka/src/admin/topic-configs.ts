import type { AdminCallOptions, DriverAdmin } from "../driver/driver-admin.ts";

/** Values of configs by topic and name. */
export async function describeTopicConfigs(
  driver: DriverAdmin,
  names: readonly string[],
  call: AdminCallOptions,
): Promise<ReadonlyMap<string, Readonly<Record<string, string | null>>>> {
  if (names.length === 0) return new Map();
  const described = await driver.describeConfigs(
    names.map((name) => ({ type: "topic", name })),
    call,
  );
  return new Map(described.map(({ name, configs }) => [name, Object.fromEntries(configs.map((config) => [config.name, config.value]))]));
}
