/** Apache Kafka, as published to Maven Central. */
export const kafkaVersion = "4.3.1";

/** Apicurio Registry, whose Confluent-compatible API stands in for a real schema registry. */
export const registryVersion = "3.3.3";

/** Oldest Java that Kafka's broker runs on. */
export const kafkaJavaVersion = 17;

/** Oldest Java that the registry runs on. */
export const registryJavaVersion = 21;

/** A Java from the Python package index, used for the registry where the machine has none that is new enough. */
export const jdk4pyVersion = "25.0.2.1";

/** OpenTelemetry's instrumentation for Java, with which its services and ours are traced together. */
export const javaAgentVersion = "2.33.1";

/** The Maven plugin that copies and unpacks the jars. */
export const dependencyPlugin = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1";
