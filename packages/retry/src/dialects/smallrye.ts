import type { Dialect } from "./dialect.ts";

const prefix = "dead-letter-";

/** SmallRye Reactive Messaging, as in Quarkus, with its failure strategy `dead-letter-queue`. The group is not told. */
export const smallrye: Dialect = {
  name: "smallrye",
  owns: (header) => header.startsWith(prefix),
  read(headers) {
    const topic = headers.firstText(`${prefix}topic`);
    if (topic === undefined) return undefined;
    const type = headers.text(`${prefix}cause-class-name`) ?? headers.text(`${prefix}exception-class-name`) ?? "unknown";
    return {
      topic,
      partition: headers.number(`${prefix}partition`),
      offset: headers.number(`${prefix}offset`),
      failure: { type, message: headers.text(`${prefix}cause`) ?? headers.text(`${prefix}reason`) ?? "", stack: null },
      disposition: type.endsWith("DeserializationException") ? "undecodable" : undefined,
    };
  },
};
