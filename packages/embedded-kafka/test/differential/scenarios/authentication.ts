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
