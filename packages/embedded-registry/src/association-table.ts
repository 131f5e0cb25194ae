import { problems } from "./api-problem.ts";
import { bytesOf, type MemoryBudget } from "./memory-budget.ts";

/** Which subject belongs to a resource, such as a topic, as what, such as the schema of its values. */
export interface Association {
  readonly subject: string;
  readonly guid: string;
  readonly resourceName: string;
  readonly resourceNamespace: string;
  readonly resourceId: string;
  readonly resourceType: string;
  readonly associationType: string;
  /** A STRONG one takes its subject with it when it goes. */
  readonly lifecycle: "STRONG" | "WEAK";
  readonly frozen: boolean;
}

/** All associations. A resource has one of each type at most. */
export class AssociationTable {
  private readonly byResource = new Map<string, Association>();
  private readonly most: number;
  private readonly budget: MemoryBudget;

  constructor(maxEntries: number, budget: MemoryBudget) {
    this.most = maxEntries;
    this.budget = budget;
  }

  find(isWanted: (association: Association) => boolean): Association[] {
    return [...this.byResource.values()].filter(isWanted);
  }

  get(resourceId: string, resourceType: string, associationType: string): Association | undefined {
    return this.byResource.get(keyOf({ resourceId, resourceType, associationType }));
  }

  put(association: Association): void {
    const key = keyOf(association);
    if (!this.byResource.has(key) && this.byResource.size >= this.most) throw problems.storeFull(`${this.most} associations`);
    const before = this.byResource.get(key);
    this.budget.change(before === undefined ? 0 : bytesOf(JSON.stringify(before)), bytesOf(JSON.stringify(association)));
    this.byResource.set(key, association);
  }

  delete(association: Association): void {
    if (this.byResource.delete(keyOf(association))) this.budget.change(bytesOf(JSON.stringify(association)), 0);
  }
}

function keyOf({
  resourceId,
  resourceType,
  associationType,
}: Pick<Association, "resourceId" | "resourceType" | "associationType">): string {
  return JSON.stringify([resourceId, resourceType, associationType]);
}
