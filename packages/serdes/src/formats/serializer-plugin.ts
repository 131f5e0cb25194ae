import type { SerdeBinding, SerdeDescriptor } from "../serde.ts";

/**
 * Writes messages in a format of its own. Called with the message, its format and no settings; what it returns goes by the same names, on the wire of
 * plug-ins that were written for other systems, too.
 */
export type SerializerPlugin = (
  context: { readonly message: unknown; readonly format: string },
  configuration: Readonly<Record<string, never>>,
) => SerializerPluginResult | Promise<SerializerPluginResult>;

/** What a plug-in has made of a message. */
export interface SerializerPluginResult {
  readonly serialized_message: string | Uint8Array;
  readonly format: string;
}

/** A plug-in that writes with a serde, such as `avro(schema)` or `protobuf(...)`: the way to formats that need a schema. */
export function pluginOf<T>(descriptor: SerdeDescriptor<T>, binding: Omit<SerdeBinding, "part">): SerializerPlugin {
  const serde = descriptor.bind({ ...binding, part: "value" });
  return async ({ message, format }) => {
    await serde.prepareToSerialize(message as T);
    return { serialized_message: serde.serialize(message as T), format };
  };
}
