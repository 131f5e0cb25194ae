import { inject } from "vitest";
import { describeAdmin } from "./support/admin-behaviour.ts";

describeAdmin({ brokers: () => inject("kafkaBrokers") });
