import type { Acl, AclFilter } from "@millrace/kafka";
import { errorCodes } from "@millrace/protocol";
import { brokerError } from "../client-error.ts";
import { aclFromCodes, aclToCodes, filterToCodes } from "./acl-codes.ts";
import { type AdminContext, anyBroker, controller, onBroker } from "./admin-context.ts";
import { askItems } from "./ask-items.ts";

export async function describeAcls(context: AdminContext, filter: AclFilter): Promise<readonly Acl[]> {
  const what = "Describing access rules";
  return await onBroker(context, what, anyBroker, async (broker) => {
    const { body } = await broker.send("DescribeAcls", () => filterToCodes(filter));
    if (body.errorCode !== errorCodes.NONE) throw brokerError(body.errorCode, { what }, body.errorMessage);
    return body.resources.flatMap(({ acls, ...resource }) => acls.map((acl) => aclFromCodes({ ...resource, ...acl })));
  });
}

export async function createAcls(context: AdminContext, acls: readonly Acl[]): Promise<void> {
  await askItems(context, {
    what: "Creating access rules",
    items: acls,
    route: controller,
    ask: async (broker, asked) => {
      const { body } = await broker.send("CreateAcls", () => ({ creations: asked.map(aclToCodes) }));
      return body.results.map(({ errorCode, errorMessage }, index) => {
        if (errorCode === errorCodes.NONE) return { value: undefined };
        const { resourceType, resourceName, principal } = asked[index] as Acl;
        const what = `Creating an access rule of ${principal} for ${resourceType} "${resourceName}"`;
        return { error: brokerError(errorCode, { what }, errorMessage) };
      });
    },
  });
}

export async function deleteAcls(context: AdminContext, filters: readonly AclFilter[]): Promise<readonly Acl[]> {
  const what = "Deleting access rules";
  const deleted = await askItems(context, {
    what,
    items: filters,
    route: controller,
    ask: async (broker, asked) => {
      const { body } = await broker.send("DeleteAcls", () => ({ filters: asked.map(filterToCodes) }));
      return body.filterResults.map((result) => {
        const failed = [result, ...result.matchingAcls].find(({ errorCode }) => errorCode !== errorCodes.NONE);
        if (failed !== undefined) return { error: brokerError(failed.errorCode, { what }, failed.errorMessage) };
        return { value: result.matchingAcls.map(aclFromCodes) };
      });
    },
  });
  // Two filters may choose the same.
  return [...new Map(deleted.flat().map((acl) => [JSON.stringify(acl), acl])).values()];
}
