/** Numbers that the protocol gives to where a config's value comes from; smaller ones count more. */
export const configSources = { topic: 1, broker: 2, allBrokers: 3, staticBroker: 4, default: 5 } as const;

/** Where else a value was looked for, most specific first. */
export interface ConfigSynonym {
  readonly name: string;
  /** `null` where it is not told. */
  readonly value: string | null;
  readonly source: number;
}
