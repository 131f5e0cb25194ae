import type { IncomingMessage, ServerResponse } from "node:http";
import { MillraceError } from "@millrace/core";
import type { Health, HealthKind, HealthReport } from "./health.ts";

/** How to serve health. */
export interface HealthHandlerOptions {
  /** @default { startup: "/startupz", readiness: "/readyz", liveness: "/livez" } */
  readonly paths?: Partial<Readonly<Record<HealthKind, string>>>;
  /** Whether the answer's body has the reasons; without them it has only the status. @default true */
  readonly showsReasons?: boolean;
}

/**
 * Makes a handler for `node:http`: 200 when up, 503 when down, with the report as JSON. Other paths go to `next` where there is one, as with Connect and Express, and
 * are 404 otherwise; methods other than GET and HEAD are 405. Of an error its name, code and message are shown, no stack and no fields.
 */
export function healthHandler(
  health: Health,
  options: HealthHandlerOptions = {},
): (request: IncomingMessage, response: ServerResponse, next?: () => void) => void {
  const { showsReasons = true } = options;
  const paths: Readonly<Record<HealthKind, string>> = { startup: "/startupz", readiness: "/readyz", liveness: "/livez", ...options.paths };
  const kinds = new Map<string, HealthKind>((["startup", "readiness", "liveness"] as const).map((kind) => [paths[kind], kind]));

  const answer = (response: ServerResponse, status: number, body: object, headers: Readonly<Record<string, string>> = {}): void => {
    response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store", ...headers });
    // For HEAD node leaves the body out.
    response.end(`${JSON.stringify(body)}\n`);
  };

  return (request, response, next) => {
    const [path = ""] = (request.url ?? "").split("?", 1);
    const kind = kinds.get(path);
    if (kind === undefined) {
      if (next === undefined) answer(response, 404, { error: `nothing is at this path; there are ${[...kinds.keys()].join(", ")}` });
      else next();
      return;
    }
    if (request.method !== "GET" && request.method !== "HEAD") {
      answer(response, 405, { error: "only GET and HEAD are answered" }, { allow: "GET, HEAD" });
      return;
    }
    health[kind]().then(
      (report) => answer(response, report.isUp ? 200 : 503, bodyOf(report, showsReasons)),
      () => answer(response, 503, { status: "down" }),
    );
  };
}

function bodyOf({ isUp, probes }: HealthReport, showsReasons: boolean): object {
  const status = (up: boolean): string => (up ? "up" : "down");
  if (!showsReasons) return { status: status(isUp) };
  return {
    status: status(isUp),
    probes: probes.map((probe) => ({
      name: probe.name,
      status: status(probe.isUp),
      reasons: probe.reasons.map(({ code, message, forMs, error }) => ({ code, message, forMs, error: errorOf(error) })),
    })),
  };
}

function errorOf(error: unknown): object | undefined {
  if (!(error instanceof Error)) return undefined;
  const code = MillraceError.is(error) ? error.code : undefined;
  return { name: error.name, code, message: error.message };
}
