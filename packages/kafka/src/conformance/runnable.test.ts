import { expect, test } from "vitest";
import { everyCapability, ScriptedDriver } from "../../test/support/scripted-driver.ts";
import { createKafka } from "../index.ts";
import type { ConformanceCell } from "./conformance-cell.ts";
import { conformanceCells, runnable } from "./index.ts";

function targetOf(driver: ScriptedDriver) {
  return { createKafka: () => createKafka({ driver }), createUnreachableKafka: () => createKafka({ driver }) };
}

const zstd: ConformanceCell = {
  name: "zstd",
  requires: ["produce", "compression-zstd"],
  demand: (kafka) => kafka.producer({ compression: "zstd" }),
  run: async ({ kafka, name }) => {
    expect(name("a")).not.toBe(name("a"));
    await kafka.producer({ compression: "zstd" }).sendRaw({ topic: "t", key: null, value: null });
  },
};

test("a cell is run or refused, and a refusal is asserted at construction", async () => {
  const able = new ScriptedDriver();
  const [run] = runnable([zstd], able.capabilities);
  expect(run).toMatchObject({ name: "zstd", verdict: "run" });
  await run!.run(targetOf(able));
  expect(able.sends).toHaveLength(1);
  expect(able.closed).toBe(1);

  const unable = new ScriptedDriver(["compression-zstd"]);
  const [refused] = runnable([zstd], unable.capabilities);
  expect(refused).toMatchObject({ name: "zstd", verdict: "refused" });
  await refused!.run(targetOf(unable));
  expect(unable.sends).toHaveLength(0);
  // The table says refused, but the driver does it all the same.
  await expect(refused!.run(targetOf(able))).rejects.toThrow("compression-zstd is refused in the table, but not at construction");
});

test("a cell that fails rejects with what was wrong, and cleans up all the same", async () => {
  const driver = new ScriptedDriver();
  const failing: ConformanceCell = {
    ...zstd,
    run: async ({ connect, topic }) => {
      connect();
      await topic({ partitions: 2 });
      throw new Error("wrong");
    },
  };
  await expect(runnable([failing], driver.capabilities)[0]!.run(targetOf(driver))).rejects.toThrow("wrong");
  expect(driver.closed).toBe(2);
  expect(driver.admin.created).toMatchObject([{ partitions: 2 }]);
});

test("cells have names of their own and ask only for known capabilities", () => {
  expect(new Set(conformanceCells.map(({ name }) => name)).size).toBe(conformanceCells.length);
  for (const { requires } of conformanceCells) for (const name of requires) expect(Object.keys(everyCapability)).toContain(name);
});
