export { createFormats, type Formats, type FormatsOptions, type MessageSerializer } from "./create-formats.ts";
export { pluginOf, type SerializerPlugin, type SerializerPluginResult } from "./serializer-plugin.ts";
