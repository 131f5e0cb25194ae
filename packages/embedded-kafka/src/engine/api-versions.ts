import { apiKeys, errorCodes } from "@millrace/protocol";
import type { ApiRegistration } from "./api-registration.ts";
import { serve } from "./api-registration.ts";
import { describeFeatures } from "./broker-features.ts";

const softwareText = /^[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?$/;

/** What the broker can do: the registration table itself. Unknown versions of this request never come here; see `unsupportedApiVersions`. */
export const apiVersions: ApiRegistration = serve("ApiVersions", {
  handle({ version, body }, broker) {
    const named = softwareText.test(body.clientSoftwareName) && softwareText.test(body.clientSoftwareVersion);
    if (version >= 3 && !named) return { errorCode: errorCodes.INVALID_REQUEST };
    const keys = broker.apis.map(rangeOf).sort((left, right) => left.apiKey - right.apiKey);
    return { apiKeys: keys, ...(version >= 3 && describeFeatures(version)) };
  },
});

/** Answer, in version 0, to an ApiVersions request of a version that is not known: the error, and which versions are (KIP-511). */
export function unsupportedApiVersions(): { readonly errorCode: number; readonly apiKeys: ReturnType<typeof rangeOf>[] } {
  return { errorCode: errorCodes.UNSUPPORTED_VERSION, apiKeys: [rangeOf(apiVersions)] };
}

function rangeOf({ api, minVersion, maxVersion }: ApiRegistration): { apiKey: number; minVersion: number; maxVersion: number } {
  return { apiKey: apiKeys[api], minVersion, maxVersion };
}
