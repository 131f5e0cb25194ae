import { startEmbeddedKafka } from "@millrace/embedded-kafka";

// Serves until the benchmark that started it lets go of it.
const broker = await startEmbeddedKafka();
process.on("message", () => process.send?.({ memoryBytes: process.memoryUsage.rss() }));
process.on("disconnect", () => void broker.close());
process.send?.({ brokers: broker.brokers });
