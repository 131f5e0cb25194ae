import { apiByKey, apis, decodeResponse, encodeRequest } from "@millrace/protocol";
import { type Connection, scenarioClientId } from "../connection.ts";
import type { Scenario } from "../scenario.ts";

/** The header of a request of any key and version, and nothing behind it. */
function headerOnly(key: number, version: number): Buffer {
  const frame = encodeRequest({ api: "ApiVersions", version: 0, correlationId: 7, clientId: scenarioClientId, body: {} });
  frame.writeInt16BE(key, 0);
  frame.writeInt16BE(version, 2);
  return frame;
}

const send =
  (key: number, version: number) =>
  (connection: Connection): void =>
    connection.sendFrame(headerOnly(key, version));

export const apiVersionsScenarios: readonly Scenario[] = [
  {
    name: "every version of ApiVersions names the same ranges",
    cases: [1, 2, 29],
    shows: ["Produce 0-13", "Fetch 4-18"],
    async run(stage) {
      for (let version = apis.ApiVersions.minVersion; version <= apis.ApiVersions.maxVersion; version++) {
        const body = version >= 3 ? { clientSoftwareName: "scenario", clientSoftwareVersion: "1.0" } : {};
        const answer = await stage.main.call("ApiVersions", version, body);
        const compared = answer.apiKeys.filter(({ apiKey }) => stage.apiKeys.has(apiKey)).sort((left, right) => left.apiKey - right.apiKey);
        const ranges = compared.map(({ apiKey, minVersion, maxVersion }) => `${apiByKey(apiKey)?.name} ${minVersion}-${maxVersion}`);
        const tellsOfTelemetry = answer.apiKeys.some(({ apiKey }) => apiKey === apis.GetTelemetrySubscriptions.key);
        stage.record(`ApiVersions v${version}`, { errorCode: answer.errorCode, ranges, tellsOfTelemetry });
        const ofTransactions = ({ name }: { readonly name: string }): boolean => name === "transaction.version";
        stage.record(`features of transactions v${version}`, {
          supported: answer.supportedFeatures.filter(ofTransactions),
          finalized: answer.finalizedFeatures.filter(ofTransactions),
        });
      }
    },
  },
  {
    name: "an unknown version of ApiVersions is answered in version 0, and the connection goes on",
    cases: [1],
    shows: ["UNSUPPORTED_VERSION", '"maxVersion":4'],
    async run(stage) {
      for (const version of [5, 99, -1]) {
        const connection = await stage.connect();
        // From version 3 on the header ends with tagged fields, here none.
        connection.sendFrame(Buffer.concat([headerOnly(apis.ApiVersions.key, version), Buffer.alloc(version < 3 ? 0 : 1)]));
        const { correlationId, body } = decodeResponse({ api: "ApiVersions", version: 0, buffer: await connection.receive() });
        stage.record(`version ${version}`, { correlationId, body });
        const after = await connection.call("ApiVersions", 0, {});
        stage.record("and then version 0", { errorCode: after.errorCode });
      }
    },
  },
  {
    name: "the client's software name and version are checked from version 3 on",
    cases: [1],
    shows: ["INVALID_REQUEST"],
    async run(stage) {
      const names: readonly (readonly [string, string])[] = [
        ["apache-kafka-java", "4.3.1"],
        ["a", "1"],
        ["", "1"],
        ["name", ""],
        ["not a name", "1"],
        ["-name", "1"],
        ["name-", "1"],
        ["name", "1.0-"],
        ["näme", "1"],
        ["na_me", "1"],
      ];
      for (const version of [3, 4]) {
        for (const [clientSoftwareName, clientSoftwareVersion] of names) {
          const answer = await stage.main.call("ApiVersions", version, { clientSoftwareName, clientSoftwareVersion });
          const { errorCode, apiKeys } = answer;
          stage.record(`"${clientSoftwareName}" "${clientSoftwareVersion}" v${version}`, { errorCode, hasKeys: apiKeys.length > 0 });
        }
      }
    },
  },
  {
    name: "an unknown API, and an unknown version of another API, close the connection",
    cases: [2, 25],
    shows: ["connection closed"],
    async run(stage) {
      await stage.closes("API 999", send(999, 0));
      await stage.closes("API -1", send(-1, 0));
      await stage.closes("Produce v2", send(apis.Produce.key, 2));
      await stage.closes("Produce v99", send(apis.Produce.key, 99));
      await stage.closes("Fetch v3", send(apis.Fetch.key, 3));
      await stage.closes("Fetch v99", send(apis.Fetch.key, 99));
      await stage.closes("ListOffsets v0", send(apis.ListOffsets.key, 0));
      await stage.closes("Metadata v-1", send(apis.Metadata.key, -1));
      await stage.closes("Metadata v99", send(apis.Metadata.key, 99));
      await stage.closes("OffsetCommit v1", send(apis.OffsetCommit.key, 1));
      await stage.closes("CreateTopics v1", send(apis.CreateTopics.key, 1));
    },
  },
  {
    name: "bytes that are no request close the connection",
    cases: [25],
    shows: ["connection closed"],
    async run(stage) {
      await stage.closes("an empty frame", (connection) => connection.sendFrame(Buffer.alloc(0)));
      await stage.closes("half a header", (connection) => connection.sendFrame(Buffer.from([0, 3, 0, 1])));
      await stage.closes("a negative length", (connection) => connection.sendBytes(Buffer.from([0xff, 0xff, 0xff, 0xff])));
      await stage.closes("a length of two gigabytes", (connection) => connection.sendBytes(Buffer.from([0x7f, 0xff, 0xff, 0xff])));
      await stage.closes("a body that ends too early", (connection) => {
        const frame = encodeRequest({
          api: "Metadata",
          version: 4,
          correlationId: 1,
          clientId: scenarioClientId,
          body: { topics: [{ name: "topic" }] },
        });
        connection.sendFrame(frame.subarray(0, frame.length - 3));
      });
      await stage.closes("text of another protocol", (connection) =>
        connection.sendBytes(Buffer.from("GET / HTTP/1.1\r\nHost: kafka\r\n\r\n")),
      );
    },
  },
];
