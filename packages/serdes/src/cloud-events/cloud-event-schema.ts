const text = (description: string): object => ({ type: "string", minLength: 1, description });
const maybe = (schema: object): object => ({ ...schema, type: ["string", "null"] });

const schema = {
  $schema: "http://json-schema.org/draft-07/schema#",
  title: "CloudEvent",
  description: "An event in the JSON format of CloudEvents 1.0.",
  type: "object",
  properties: {
    specversion: { type: "string", const: "1.0", description: "The version of the CloudEvents specification that the event follows." },
    id: text("Tells the event from all others of its source."),
    source: { ...text("Where it happened."), format: "uri-reference" },
    type: text("What kind of thing happened."),
    subject: maybe(text("What the event is about, within its source.")),
    time: { ...maybe(text("When it happened.")), format: "date-time" },
    datacontenttype: maybe(text("The media type of the data.")),
    dataschema: { ...maybe(text("The schema that the data follows.")), format: "uri" },
    data: { description: "What happened, as a JSON value." },
    data_base64: { ...maybe({}), contentEncoding: "base64", description: "What happened, where it is bytes." },
  },
  additionalProperties: { type: ["string", "integer", "boolean", "null"], description: "Extension attributes." },
  required: ["specversion", "type", "source", "id"],
  not: { required: ["data", "data_base64"], description: "Data is given once." },
};

/** JSON Schema (draft 07) of an event in CloudEvents' JSON format, with descriptions: to be registered for people to read. */
export const cloudEventSchema: string = JSON.stringify(schema, undefined, 2);

/** The same schema without descriptions and white space. */
export const compactCloudEventSchema: string = JSON.stringify(schema, (key, value: unknown) => (key === "description" ? undefined : value));
