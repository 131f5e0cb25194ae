import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type IMetricReader, type MetricProducer, MetricReader } from "@opentelemetry/sdk-metrics";
import { renderPrometheus } from "./render-prometheus.ts";

/** A page with all metrics in Prometheus' text format. */
export interface PrometheusPage {
  /** Reads the metrics; to be given to the SDK, which closes it. */
  readonly reader: IMetricReader;
  /** Starts to serve, and says where: `http://127.0.0.1:9464/metrics`. */
  listen(): Promise<string>;
  /** Serves nothing any more. */
  close(): Promise<void>;
}

// Prometheus, exposition formats: without a version it has to guess.
const contentType = "text/plain; version=0.0.4; charset=utf-8";

/** Reads metrics when it is asked to. */
class PageReader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

/**
 * Makes the page. It is written and served here, and not by OpenTelemetry's exporter, whose names have no units, and which takes port 0 for its default and says
 * no version of the format.
 */
export function createPrometheusPage(options: {
  readonly host: string;
  readonly port: number;
  readonly metricProducers: MetricProducer[];
}): PrometheusPage {
  const reader = new PageReader({ metricProducers: options.metricProducers });
  const server = createServer((request, response) => {
    if (request.method !== "GET" && request.method !== "HEAD") {
      response.writeHead(405, { allow: "GET, HEAD" }).end();
      return;
    }
    if (request.url?.split("?", 1)[0] !== "/metrics") {
      response.writeHead(404).end();
      return;
    }
    reader
      .collect()
      .then(({ resourceMetrics }) => renderPrometheus(resourceMetrics))
      .then(
        (text) => response.writeHead(200, { "content-type": contentType }).end(text),
        () => response.writeHead(500).end(),
      );
  });
  return {
    reader,
    listen: () =>
      new Promise((resolve, reject) => {
        server.once("error", reject);
        server.listen(options.port, options.host, () => {
          server.off("error", reject);
          // Metrics alone keep no process alive.
          server.unref();
          const { address, port, family } = server.address() as AddressInfo;
          resolve(`http://${family === "IPv6" ? `[${address}]` : address}:${port}/metrics`);
        });
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
