/** A feature of the cluster that clients go by (KIP-584). */
interface BrokerFeature {
  readonly name: string;
  readonly minVersion: number;
  readonly maxVersion: number;
}

/** What the broker can do beyond its APIs, all of it switched on: transactions in which every end bumps the epoch (KIP-890). */
const features: readonly BrokerFeature[] = [{ name: "transaction.version", minVersion: 0, maxVersion: 2 }];

/** Older clients cannot read a feature whose smallest version is 0, and are not told what is supported (KAFKA-17011). */
const knowsVersionZero = 4;

/** The features as ApiVersions tells of them, from version 3 on. */
export function describeFeatures(version: number): {
  readonly supportedFeatures: BrokerFeature[];
  readonly finalizedFeatures: { readonly name: string; readonly minVersionLevel: number; readonly maxVersionLevel: number }[];
  readonly finalizedFeaturesEpoch: number;
} {
  return {
    supportedFeatures: features.filter(({ minVersion }) => minVersion > 0 || version >= knowsVersionZero),
    finalizedFeatures: features.map(({ name, maxVersion }) => ({ name, minVersionLevel: maxVersion, maxVersionLevel: maxVersion })),
    finalizedFeaturesEpoch: 0,
  };
}
