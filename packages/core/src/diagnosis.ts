/** How bad a finding is. `error`: something fails or will fail; `warning`: it works, but probably not as it was meant. */
export type Severity = "error" | "warning";

/** One thing that is not as it should be. Plain data that survives JSON; holds no secret. */
export interface Finding {
  /** What was found, by its fixed name, such as `topic-missing`: one of the `finds` of the check that found it. */
  readonly problem: string;
  readonly severity: Severity;
  /** What it is about, such as `topic orders` or `broker 127.0.0.1:9092`. */
  readonly subject: string;
  /** What is wrong, in one sentence. */
  readonly message: string;
  /** What was seen, by names: what was declared, what was found instead. */
  readonly evidence: Readonly<Record<string, string | number | boolean | null | readonly string[]>>;
  /** What to do about it, in one sentence. */
  readonly fix: string;
}

/** One look at a system, offered by the package that knows what to look for; a doctor runs it. It changes nothing. */
export interface Check<Context> {
  /** Names of everything that it can find. */
  readonly finds: readonly string[];
  /** Why it cannot be made with what is given, as the rest of the sentence "not checked: ..."; undefined when it can. */
  blockedBy(context: Context): string | undefined;
  /** Looks. Whatever it throws means that it could not be told. */
  run(context: Context, signal: AbortSignal): Promise<readonly Finding[]> | readonly Finding[];
}
