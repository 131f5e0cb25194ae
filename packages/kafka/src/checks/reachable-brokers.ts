import type { Check, Finding } from "@millrace/core";
import { isBroker, type KafkaCheckContext, withoutNetwork } from "./kafka-check-context.ts";
