import { type ApiName, errorCodes, type MessageInput, type RequestTypes } from "@millrace/protocol";
import { waitFor } from "@millrace/testing";
import { type BrokerAddress, type Connection, ConnectionClosed, openConnection } from "./connection.ts";
import { createNormaliser, type NormaliserOptions } from "./normaliser.ts";
import type { Scenario, Stage, Step } from "./scenario.ts";

/** What two performances of a scenario share. */
export interface Performance {
  /** Part of every name. */
  readonly runId: string;
  readonly baseTime: number;
  readonly shortestSessionMs: number;
  /** Keys of the APIs that both brokers serve. */
  readonly apiKeys: ReadonlySet<number>;
}

/** Label of the last step of a recording that broke off. */
export const stoppedLabel = "the scenario could not go on";

/** Plays a scenario to one broker and gives what was recorded. A scenario that cannot go on ends its recording with the reason. */
export async function playScenario(
  scenario: Scenario,
  address: BrokerAddress,
  performance: Performance,
  options: Partial<Pick<NormaliserOptions, "addresses" | "aliases">> = {},
): Promise<Step[]> {
  const steps: Step[] = [];
  const connections: Connection[] = [];
  const topics: string[] = [];
  const normalise = createNormaliser({ addresses: [address], baseTime: performance.baseTime, ...options });
  const connect = async (): Promise<Connection> => {
    const connection = await openConnection(address);
    connections.push(connection);
    return connection;
  };
  const record = (label: string, value: unknown): void => {
    steps.push({ label, answer: normalise(value) });
  };
  const answerOf = async <Api extends ApiName>(
    connection: Connection,
    api: Api,
    version: number,
    body: MessageInput<RequestTypes[Api]>,
  ) => {
    try {
      return await connection.call(api, version, body);
    } catch (error) {
      if (error instanceof ConnectionClosed) return undefined;
      throw error;
    }
  };
  const main = await connect();
  const stage: Stage = {
    ...performance,
    main,
    name: (suffix) => `${performance.runId}-${suffix}`,
    connect,
    record,
    async ask(label, api, version, body, connection = main) {
      const answer = await answerOf(connection, api, version, body);
      record(`${label} (${api} v${version})`, answer ?? "connection closed");
      if (answer === undefined) throw new ConnectionClosed(label);
      return answer;
    },
    async askAlone(label, api, version, body) {
      const answer = await answerOf(await connect(), api, version, body);
      record(`${label} (${api} v${version})`, answer ?? "connection closed");
      return answer;
    },
    async closes(label, write) {
      const connection = await connect();
      write(connection);
      try {
        record(label, `a frame of ${(await connection.receive()).length} bytes`);
      } catch (error) {
        if (!(error instanceof ConnectionClosed)) throw error;
        record(label, "connection closed");
      }
    },
    async settle() {
      for (let trip = 0; trip < 5; trip++) await main.call("ApiVersions", 0, {});
    },
    async topic(suffix, { partitions = 1, configs = {} } = {}) {
      const name = stage.name(suffix);
      const answer = await main.call("CreateTopics", 7, {
        timeoutMs: 20_000,
        topics: [
          {
            name,
            numPartitions: partitions,
            replicationFactor: 1,
            configs: Object.entries(configs).map(([key, value]) => ({ name: key, value })),
          },
        ],
      });
      const { errorCode, errorMessage, topicId: id } = answer.topics[0]!;
      if (errorCode !== errorCodes.NONE) throw new Error(`topic ${name} was not made: ${errorCode} ${errorMessage}`);
      topics.push(name);
      await stage.until(
        `topic ${name}`,
        () =>
          main.call("ListOffsets", 1, {
            replicaId: -1,
            topics: [{ name, partitions: Array.from({ length: partitions }, (_, partitionIndex) => ({ partitionIndex, timestamp: -1 })) }],
          }),
        ({ topics: [listed] }) => listed!.partitions.every((partition) => partition.errorCode === errorCodes.NONE),
      );
      return { name, id };
    },
    async group(suffix) {
      const groupId = stage.name(suffix);
      await stage.until(
        `coordinator of ${groupId}`,
        async () => {
          await main.call("FindCoordinator", 0, { key: groupId });
          return main.call("OffsetFetch", 2, { groupId, topics: null });
        },
        ({ errorCode }) => errorCode === errorCodes.NONE,
      );
      return groupId;
    },
    until: async (what, ask, wanted) => {
      const { answer } = await waitFor(
        async () => {
          const current = await ask();
          return wanted(current) ? { answer: current } : undefined;
        },
        { what, timeoutMs: 20_000, intervalMs: 20 },
      );
      return answer;
    },
  };
  try {
    await scenario.run(stage);
  } catch (error) {
    record(stoppedLabel, error instanceof Error ? `${error.name}: ${error.message}` : String(error));
  } finally {
    for (const connection of connections) connection.close();
    await dropTopics(address, topics);
  }
  return steps;
}

/** What is left behind would slow the broker down for those who come after. */
async function dropTopics(address: BrokerAddress, topics: readonly string[]): Promise<void> {
  if (topics.length === 0) return;
  const connection = await openConnection(address);
  await connection.call("DeleteTopics", 5, { topicNames: topics, timeoutMs: 10_000 });
  connection.close();
}
