import { errorCodes } from "@millrace/protocol";
import { changeTopicConfigs } from "../topics/topic-config-change.ts";
import { type ApiRegistration, serve } from "./api-registration.ts";
import { changeResources } from "./config-resource.ts";

const setOperation = 0;

/** Gives topics these configs and no others: what a request does not name goes back to its default. */
export const alterConfigs: ApiRegistration = serve("AlterConfigs", {
  handle({ body }, broker) {
    const responses = changeResources(body.resources, body.validateOnly, broker, (_, { configs }) =>
      changeTopicConfigs(
        new Map(),
        broker.topics.defaultConfigs,
        configs.map(({ name, value }) => ({ name, value, configOperation: setOperation })),
      ),
    );
    return { responses: responses.map((answer) => ({ ...answer, errorCode: errorCodes[answer.errorCode] })) };
  },
});
