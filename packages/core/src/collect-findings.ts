import type { Finding } from "./diagnosis.ts";

/**
 * What looking at each of several things finds. One that cannot be looked at does not hide what the others show; where nothing is found, its failure is what
 * there is to tell.
 * @throws the first failure, when there is no finding
 */
export async function collectFindings<Item>(
  items: readonly Item[],
  look: (item: Item) => Promise<readonly Finding[]> | readonly Finding[],
): Promise<readonly Finding[]> {
  const looks = await Promise.allSettled(items.map(async (item) => await look(item)));
  const findings = looks.flatMap((result) => (result.status === "fulfilled" ? result.value : []));
  const failure = looks.find((result) => result.status === "rejected");
  if (findings.length === 0 && failure !== undefined) throw failure.reason;
  return findings;
}
