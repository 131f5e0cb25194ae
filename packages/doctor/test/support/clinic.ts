import type { ConnectionOptions } from "@millrace/config";
import { platformatic } from "@millrace/driver-platformatic";
import { type EmbeddedKafka, type EmbeddedKafkaOptions, startEmbeddedKafka } from "@millrace/embedded-kafka";
import { createKafka, type Kafka } from "@millrace/kafka";
import { onTestFinished } from "vitest";
import { type DiagnoseOptions, type Diagnosis, diagnose } from "../../src/index.ts";
import { connectionOf } from "./connection-of.ts";

/** A cluster and an application's client of it, for as long as the test runs. */
export interface Clinic {
  readonly broker: EmbeddedKafka;
  readonly connection: ConnectionOptions;
  readonly kafka: Kafka;
  /** Another client, as another process would have. */
  readonly connect: (clientId: string) => Kafka;
  /** What the doctor says of the application on this cluster. */
  readonly examine: (options?: DiagnoseOptions) => Promise<Diagnosis>;
  /** What it finds, each as `problem of subject`. */
  readonly findings: (options?: DiagnoseOptions) => Promise<readonly string[]>;
}

/** Opens a clinic. The broker makes topics when they are asked for, so that a doctor who asks carelessly is caught. */
export async function openClinic(options: EmbeddedKafkaOptions = {}): Promise<Clinic> {
  const broker = await startEmbeddedKafka(options);
  onTestFinished(() => broker.close());
  const connection = connectionOf(broker.brokers);
  const connect = (clientId: string): Kafka => {
    const kafka = createKafka({ driver: platformatic({ brokers: broker.brokers, connectionTimeoutMs: 2_000 }), clientId });
    onTestFinished(() => kafka.close());
    return kafka;
  };
  const kafka = connect(connection.clientId);
  const examine: Clinic["examine"] = async ({ config, ...more } = {}) =>
    await diagnose({ config: { connection, ...config }, kafka, ...more });
  const findings: Clinic["findings"] = async (given) =>
    (await examine(given)).findings.map(({ problem, subject }) => `${problem} of ${subject}`);
  return { broker, connection, kafka, connect, examine, findings };
}
