import type { Scenario } from "../scenario.ts";

export const authenticationScenarios: readonly Scenario[] = [
  {
    name: "who logs in where nobody asks for it is told so, and the connection goes on",
    cases: [21],
    shows: ["ILLEGAL_SASL_STATE", '"mechanisms":[]'],
    async run(stage) {
      for (const version of [0, 1]) {
        for (const mechanism of ["PLAIN", "SCRAM-SHA-512", "none that there is", ""])
          await stage.ask(`with "${mechanism}"`, "SaslHandshake", version, { mechanism });
      }
      for (const version of [0, 1, 2]) {
        for (const text of ["\0user\0password", ""])
          await stage.ask(`${text.length} bytes`, "SaslAuthenticate", version, { authBytes: Buffer.from(text) });
      }
      await stage.ask("and then", "Metadata", 1, { topics: [] });
    },
  },
  {
    name: "where there is no authorizer, access control lists can be neither read nor written",
    shows: ["SECURITY_DISABLED"],
    async run(stage) {
      const filter = { resourceTypeFilter: 2, resourceNameFilter: "t", patternTypeFilter: 3, operation: 1, permissionType: 1 };
      const acl = { resourceType: 2, resourceName: "t", resourcePatternType: 3, principal: "User:a", host: "*", operation: 3 };
      const anybody = { principalFilter: null, hostFilter: null };
      for (const version of [1, 2, 3]) {
        await stage.ask("read", "DescribeAcls", version, { ...filter, ...anybody });
        const creations = ["t", "u"].map((resourceName) => ({ ...acl, resourceName, permissionType: 3 }));
        await stage.ask("written", "CreateAcls", version, { creations });
        await stage.ask("deleted", "DeleteAcls", version, { filters: [filter, filter].map((each) => ({ ...each, ...anybody })) });
      }
    },
  },
  {
    name: "a client that speaks TLS where nobody else does is hung up on",
    cases: [21],
    shows: ["connection closed"],
    async run(stage) {
      const clientHello = Buffer.from("16030100c8010000c40303", "hex");
      await stage.closes("the beginning of a handshake", (connection) =>
        connection.sendBytes(Buffer.concat([clientHello, Buffer.alloc(194)])),
      );
    },
  },
];
