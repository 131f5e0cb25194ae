import { platformatic } from "@millrace/driver-platformatic";
import { createKafka } from "@millrace/kafka";
import { RetryError, redrive } from "@millrace/retry";

// A process of its own, which may be killed: brings the dead letters of a group back and says so after each batch.
const [brokers = "", topic = "", group = "", job = ""] = process.argv.slice(2);
const kafka = createKafka({ driver: platformatic({ brokers: brokers.split(",") }), clientId: "redrive-program" });
try {
  await redrive({ kafka, topic, group, job, batchSize: 200, onProgress: ({ redriven }) => process.stdout.write(`${redriven}\n`) });
  process.stdout.write("done\n");
} catch (error) {
  if (!RetryError.is(error) || error.code !== "RETRY_JOB_TAKEN_OVER") throw error;
  process.stdout.write("shut out\n");
} finally {
  await kafka.close();
}
