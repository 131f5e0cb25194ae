import { inject } from "vitest";
import { describeDriver } from "./driver-behaviour.ts";

describeDriver({ brokers: () => inject("kafkaBrokers"), sessionTimeoutMs: 6_000 });
