export { type ProtobufOptions, protobuf } from "./protobuf.ts";
