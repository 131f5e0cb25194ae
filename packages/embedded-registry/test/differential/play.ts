import type { Outcome, Scenario, Step } from "./step.ts";

/** What came of a step. */
export interface Played {
  readonly step: Step;
  readonly outcome: Outcome & { readonly message?: string };
}

/** Plays a scenario on a registry, on subjects that start with `prefix`. */
export async function play(url: string, scenario: Scenario, prefix: string): Promise<readonly Played[]> {
  const ids = new Map<string, number>();
  const played: Played[] = [];
  for (const step of scenario.steps) {
    const [method, path, body] = step.request;
    const real = (text: string): string => text.replaceAll("~", prefix).replaceAll(/#\d+/g, (name) => String(ids.get(name) ?? 0));
    const response = await fetch(`${url}${real(path)}`, {
      method,
      signal: AbortSignal.timeout(20_000),
      ...(body === undefined
        ? {}
        : { headers: { "content-type": "application/vnd.schemaregistry.v1+json" }, body: real(JSON.stringify(body)) }),
    });
    const text = await response.text();
    const named = text.replaceAll(prefix, "~");
    played.push({ step, outcome: outcomeOf(response.status, parse(named), step.documented.body, ids) });
  }
  return played;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function outcomeOf(status: number, body: unknown, wanted: unknown, ids: Map<string, number>): Played["outcome"] {
  if (status !== 200) {
    const { error_code: code, message } = (typeof body === "object" && body !== null ? body : {}) as Record<string, never>;
    return { status, ...(code === undefined ? {} : { code }), ...(message === undefined ? {} : { message }) };
  }
  return { status, body: relevant(body, wanted, ids) };
}

/** The part of `body` that has a counterpart in `wanted`, with names instead of ids. */
function relevant(body: unknown, wanted: unknown, ids: Map<string, number>): unknown {
  if (wanted === undefined) return undefined;
  if (typeof wanted === "string" && wanted.startsWith("#") && typeof body === "number") return nameOf(body, ids);
  if (Array.isArray(wanted) && Array.isArray(body)) {
    const isMessages =
      body.every((item) => typeof item === "string") && wanted.some((item) => typeof item === "string" && /^[A-Z_]+$/.test(item));
    if (isMessages) return wanted.filter((part: string) => body.some((message: string) => message.includes(part)));
    const own = wanted.some(isOwn) ? body.filter((item) => typeof item !== "string" || isOwn(item)) : body;
    return own.map((item, index) => relevant(item, wanted[index] ?? item, ids));
  }
  if (typeof wanted === "object" && wanted !== null && typeof body === "object" && body !== null) {
    const entries = Object.keys(wanted)
      .filter((key) => key in body)
      .map((key) => [key, relevant((body as Record<string, unknown>)[key], (wanted as Record<string, unknown>)[key], ids)]);
    return Object.fromEntries(entries);
  }
  return body;
}

/** A list of a shared registry's subjects holds those of others too. */
function isOwn(item: unknown): boolean {
  return typeof item === "string" && item.startsWith("~");
}

function nameOf(id: number, ids: Map<string, number>): string {
  for (const [name, known] of ids) if (known === id) return name;
  const name = `#${ids.size + 1}`;
  ids.set(name, id);
  return name;
}
