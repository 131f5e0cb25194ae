import { once } from "node:events";
import { connect } from "node:net";
import { expect, test } from "vitest";
import { unreachableBrokers } from "./unreachable-brokers.ts";

test("nobody listens at the address", async () => {
  const [address] = await unreachableBrokers();
  const socket = connect(Number(address!.split(":")[1]), "127.0.0.1");
  const [error] = (await once(socket, "error")) as [Error];
  expect(error).toMatchObject({ code: "ECONNREFUSED" });
});
