import { inject } from "vitest";
import { describeClient } from "./support/client-behaviour.ts";

describeClient({ brokers: () => inject("kafkaBrokers"), sessionTimeoutMs: 6_000 });
