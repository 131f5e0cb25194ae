import { inject } from "vitest";
import { describeTransactions } from "./support/transaction-behaviour.ts";

describeTransactions(() => inject("kafkaBrokers"));
