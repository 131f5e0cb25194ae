import { findKafkaTools } from "@millrace/cluster";
import { type ProgramResult, type RunProgramOptions, runProgram } from "./run-program.ts";
import { type RunningProgram, startProgram } from "./start-program.ts";

const classes = {
  BrokerApiVersionsCommand: "org.apache.kafka.tools.BrokerApiVersionsCommand",
  ClusterTool: "org.apache.kafka.tools.ClusterTool",
  ConfigCommand: "kafka.admin.ConfigCommand",
  ConsoleConsumer: "org.apache.kafka.tools.consumer.ConsoleConsumer",
  ConsoleProducer: "org.apache.kafka.tools.ConsoleProducer",
  ConsumerGroupCommand: "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand",
  ConsumerPerformance: "org.apache.kafka.tools.ConsumerPerformance",
  DeleteRecordsCommand: "org.apache.kafka.tools.DeleteRecordsCommand",
  EndToEndLatency: "org.apache.kafka.tools.EndToEndLatency",
  GetOffsetShell: "org.apache.kafka.tools.GetOffsetShell",
  GroupsCommand: "org.apache.kafka.tools.GroupsCommand",
  ProducerPerformance: "org.apache.kafka.tools.ProducerPerformance",
  TopicCommand: "org.apache.kafka.tools.TopicCommand",
  TransactionsCommand: "org.apache.kafka.tools.TransactionsCommand",
  VerifiableConsumer: "org.apache.kafka.tools.VerifiableConsumer",
  VerifiableProducer: "org.apache.kafka.tools.VerifiableProducer",
} as const;

/** A command line tool of Apache Kafka. */
export type JavaTool = keyof typeof classes;

/** Starts Kafka's own tools. */
export interface JavaTools {
  run(tool: JavaTool, parameters: readonly string[], options?: RunProgramOptions): Promise<ProgramResult>;
  start(tool: JavaTool, parameters: readonly string[]): RunningProgram;
}

/** Kafka's tools, downloaded when they are not there yet. */
export async function createJavaTools(): Promise<JavaTools> {
  const { program, parameters } = await findKafkaTools();
  return {
    run: (tool, own, options) => runProgram(program, [...parameters, classes[tool], ...own], options),
    start: (tool, own) => startProgram(program, [...parameters, classes[tool], ...own]),
  };
}
