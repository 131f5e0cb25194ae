export { type AnyTopic, type Catalogue, defineCatalogue } from "./catalogue.ts";
export {
  type CleanupPolicy,
  defineTopic,
  type KeyOf,
  type PartitionStrategy,
  type Topic,
  type TopicOptions,
  type ValueOf,
} from "./topic.ts";
export { topicConfigs } from "./topic-configs.ts";
export { checkTopicName, isValidTopicName, maxTopicNameLength } from "./topic-name.ts";
export { escapeTopicPart, unescapeTopicPart } from "./topic-part.ts";
