import { inject, test } from "vitest";
import { describeAdmin } from "./support/admin-behaviour.ts";
import { walkGroupStates } from "./support/walk-group-states.ts";

describeAdmin({ brokers: () => inject("kafkaBrokers") });

test("[004-11] a group is preparing_rebalance, completing_rebalance, stable, empty and dead in its time", async () => {
  await walkGroupStates(inject("kafkaBrokers"));
});
