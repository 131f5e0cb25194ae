import { sleep } from "@millrace/core";
import { startEmbeddedKafka } from "@millrace/embedded-kafka";
import { createKafka } from "@millrace/kafka";
import { string } from "@millrace/serdes";
import { defineTopic } from "@millrace/topics";
import { expect, onTestFinished, test } from "vitest";
import { createRuntime } from "../src/index.ts";
import { until } from "./support/harness.ts";
import { socketDrivers } from "./support/socket-drivers.ts";

const jobs = defineTopic({ name: "jobs", key: string(), value: string(), partitions: 2 });
const results = defineTopic({ name: "results", key: string(), value: string(), partitions: 1 });
/** What keeps the process alive: sockets of connections, and timers. */
function handles(): { readonly sockets: number; readonly timers: number } {
  const names = process.getActiveResourcesInfo();
  const count = (name: string): number => names.filter((one) => one === name).length;
  return { sockets: count("TCPSocketWrap"), timers: count("Timeout") };
}

test.each(socketDrivers)(
  "[X-16] over %s, a signal stops intake, finishes what runs, flushes, commits, leaves and closes; nothing stays open",
  async (_name, driver) => {
    const broker = await startEmbeddedKafka();
    onTestFinished(() => broker.close());
    await until(() => handles().sockets === 0, "sockets of others to be gone");
    const before = handles();
    const listeners = process.listenerCount("SIGUSR2");
    const kafka = createKafka({ driver: driver(broker.brokers) });
    onTestFinished(() => kafka.close());
    const begun: string[] = [];
    const finished: string[] = [];
    const runtime = createRuntime({ kafka, group: "g", commitIntervalMs: 60_000 });
    const gate = Promise.withResolvers<void>();
    runtime.process(jobs, { concurrency: 4 }, async ({ key, value }, context) => {
      begun.push(value);
      if (begun.length > 10) await gate.promise;
      // Nobody waits for it but the runtime.
      void context.send(results, { key, value });
      finished.push(value);
    });
    const ready = Promise.withResolvers<void>();
    const running = runtime.run({ signals: ["SIGUSR2"], onReady: ready.resolve });
    await ready.promise;
    const producer = kafka.producer({ lingerMs: 50 });
    const sent = Array.from({ length: 40 }, (_, n) => producer.send(jobs, { key: `k${n}`, value: `${n}` }));
    await until(() => begun.length === 14, "all places to be taken");
    expect(runtime.health().ready).toBe(true);

    process.emit("SIGUSR2");
    // Intake has stopped, and says so at once.
    expect(runtime.health()).toMatchObject({ ready: false, live: true, reasons: [{ code: "stopping" }] });
    await producer.send(jobs, { key: "late", value: "late" });
    await sleep(100);
    expect([begun.length, finished.length]).toEqual([14, 10]);
    // A second stop changes nothing, whenever it comes.
    const [again, andAgain] = [runtime.stop(), runtime.stop({ drainMs: 0 })];
    gate.resolve();
    await Promise.all([running, again, andAgain, runtime.stopped]);

    // In-flight work is finished, nothing else was begun, and what was sent is stored.
    expect([begun.length, finished.length]).toEqual([14, 14]);
    expect(broker.records("results")).toHaveLength(14);
    // Committed is what was handled, and the group has no member any more.
    const remembered = broker.offsets("g").reduce((sum, { offset }) => sum + offset, 0);
    expect(remembered).toBeLessThanOrEqual(14);
    expect(broker.groups().flatMap(({ members }) => members)).toEqual([]);
    expect(process.listenerCount("SIGUSR2")).toBe(listeners);
    await Promise.all(sent);
    await Promise.all([producer.close(), producer.close()]);
    await Promise.all([kafka.close(), kafka.close()]);
    await runtime.stop();
    await until(() => handles().sockets === 0 && handles().timers <= before.timers, "no socket and no timer to be left");

    // What comes after goes on exactly there.
    const next = createKafka({ driver: driver(broker.brokers) });
    onTestFinished(() => next.close());
    const rest: string[] = [];
    const second = createRuntime({ kafka: next, group: "g" });
    second.process(jobs, {}, ({ value }) => void rest.push(value));
    await second.start();
    await until(() => rest.length >= 27, "the rest");
    await second.stop();
    expect([...finished, ...rest].toSorted()).toEqual([...Array.from({ length: 40 }, (_, n) => `${n}`), "late"].toSorted());
  },
);
