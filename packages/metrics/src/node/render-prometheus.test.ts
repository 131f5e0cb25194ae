import { AggregationTemporality, DataPointType, type MetricData, type ResourceMetrics } from "@opentelemetry/sdk-metrics";
import { expect, test } from "vitest";
import { prometheusName } from "../prometheus-name.ts";
import { renderPrometheus } from "./render-prometheus.ts";

const times = { startTime: [0, 0], endTime: [0, 0] } as const satisfies { startTime: [number, number]; endTime: [number, number] };

function resourceMetrics(metrics: MetricData[], attributes: Record<string, string> = {}): ResourceMetrics {
  return { resource: { attributes }, scopeMetrics: [{ scope: { name: "test" }, metrics }] } as unknown as ResourceMetrics;
}

function sum(name: string, unit: string, value: number, attributes: Record<string, string> = {}): MetricData {
  return {
    descriptor: { name, unit, description: "a\nb \\ c", valueType: 1, advice: {} } as unknown as MetricData["descriptor"],
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
    dataPointType: DataPointType.SUM,
    isMonotonic: true,
    dataPoints: [{ ...times, attributes, value }],
  };
}

test.each([
  ["messaging.client.operation.duration", "s", "histogram", "messaging_client_operation_duration_seconds"],
  ["messaging.client.sent.messages", "{message}", "counter", "messaging_client_sent_messages_total"],
  ["messaging.process.duration", "s", "histogram", "messaging_process_duration_seconds"],
  ["millrace.slow.seconds", "s", "counter", "millrace_slow_seconds_total"],
  ["millrace.send.buffered", "By", "gauge", "millrace_send_buffered_bytes"],
  ["share", "1", "gauge", "share_ratio"],
  ["a_total", "", "counter", "a_total"],
  ["2.a--b", "", "gauge", "_2_a_b"],
  ["wait.seconds", "s", "gauge", "wait_seconds"],
] as const)("%s in %s is the %s %s", (name, unit, type, expected) => {
  expect(prometheusName({ name, unit, type })).toBe(expected);
});

test("texts are escaped, labels that become one are joined, the resource is target_info", () => {
  const metric = sum("a", "", Number.POSITIVE_INFINITY, { "x.y": 'say "hi"\n\\', x_y: "2" });
  expect(renderPrometheus(resourceMetrics([metric], { "service.name": "shop" }))).toBe(
    [
      "# HELP target_info Target metadata",
      "# TYPE target_info gauge",
      'target_info{service_name="shop"} 1',
      "# HELP a_total a\\nb \\\\ c",
      "# TYPE a_total counter",
      'a_total{x_y="say \\"hi\\"\\n\\\\;2",otel_scope_name="test"} +Inf',
      "",
    ].join("\n"),
  );
});

test("what an application gives its own metrics is shown somehow, whatever it is", () => {
  const circular: Record<string, unknown> = {};
  circular["self"] = circular;
  const odd = { tenant: 7n, list: ["a", 1], circular } as unknown as Record<string, string>;
  expect(renderPrometheus(resourceMetrics([sum("a", "", 1, odd)]))).toContain(
    'a_total{tenant="7",list="[\\"a\\",1]",circular="[object Object]",otel_scope_name="test"} 1',
  );
});

test("buckets add up, and a name that is of two kinds is only of the first", () => {
  const histogram: MetricData = {
    ...sum("wait", "s", 0),
    dataPointType: DataPointType.HISTOGRAM,
    dataPoints: [{ ...times, attributes: {}, value: { buckets: { boundaries: [1, 2], counts: [3, 0, 2] }, count: 5, sum: 9 } }],
  } as unknown as MetricData;
  const gauge = { ...sum("wait", "s", 7), dataPointType: DataPointType.GAUGE } as unknown as MetricData;
  const lines = renderPrometheus(resourceMetrics([histogram, gauge])).split("\n");
  expect(lines.filter((line) => line.startsWith("wait_seconds"))).toEqual([
    'wait_seconds_bucket{otel_scope_name="test",le="1"} 3',
    'wait_seconds_bucket{otel_scope_name="test",le="2"} 3',
    'wait_seconds_bucket{otel_scope_name="test",le="+Inf"} 5',
    'wait_seconds_sum{otel_scope_name="test"} 9',
    'wait_seconds_count{otel_scope_name="test"} 5',
  ]);
});
