import { errorCodes } from "@millrace/protocol";
import { changeTopicConfigs } from "../topics/topic-config-change.ts";
import { type ApiRegistration, serve } from "./api-registration.ts";
import { changeResources } from "./config-resource.ts";

/** Sets, takes back, extends or shortens configs of topics, and leaves the others as they are (KIP-339). */
export const incrementalAlterConfigs: ApiRegistration = serve("IncrementalAlterConfigs", {
  handle({ body }, broker) {
    const responses = changeResources(body.resources, body.validateOnly, broker, (own, { configs }) =>
      changeTopicConfigs(
        own,
        broker.topics.defaultConfigs,
        configs.map(({ name, value, configOperation = 0 }) => ({ name, value, configOperation })),
      ),
    );
    return { responses: responses.map((answer) => ({ ...answer, errorCode: errorCodes[answer.errorCode] })) };
  },
});
