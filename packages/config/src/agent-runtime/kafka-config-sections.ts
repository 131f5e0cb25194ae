import type { KafkaConfig } from "./kafka-config.ts";

/** The sections that a `KafkaConfig` has values for. */
export function sectionsOf(config: KafkaConfig): Record<string, Record<string, unknown>> {
  const { security_protocol: protocol = "PLAINTEXT", schema_registry: registry } = config;
  const sections: Record<string, Record<string, unknown>> = {
    connection: {
      brokers: config.bootstrap_servers,
      clientId: config.client_id,
      security: withoutUnset({
        protocol,
        ...(protocol.startsWith("SASL_") && {
          mechanism: config.sasl_mechanism,
          username: config.sasl_username,
          password: config.sasl_password,
        }),
        caFile: config.ssl_cafile,
        certificateFile: config.ssl_certfile,
        keyFile: config.ssl_keyfile,
        keyPassword: config.ssl_key_password,
      }),
    },
    producer: { ...config.producer_config },
    // What is passed through comes last, so that a contradiction is reported and not overwritten.
    consumer: { group: config.group_id, reset: config.auto_offset_reset, ...config.consumer_config },
    topicNames: { partitions: config.num_partitions, replicationFactor: config.replication_factor },
  };
  if (registry !== undefined) {
    sections["schemaRegistry"] = withoutUnset({
      url: registry.url,
      username: registry.api_key,
      password: registry.api_secret,
      caFile: registry.ssl_ca_location,
      certificateFile: registry.ssl_cert_location,
      keyFile: registry.ssl_key_location,
    });
  }
  return sections;
}

function withoutUnset(values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined && value !== ""));
}
