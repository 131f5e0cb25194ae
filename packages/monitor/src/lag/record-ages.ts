import { type FirstRecordAnswer, type FirstRecordOptions, type FirstRecordQuestion, findFirstRecords } from "./first-records.ts";
import { placeOf } from "./log-ends.ts";

/** Asks when the first record that a group has not committed was written. */
export interface RecordAgeQuestion extends FirstRecordQuestion {
  readonly group: string;
  /** First offset in the log. */
  readonly start: number;
}

/** Finds first records, and keeps what it found. */
export interface RecordAges {
  /**
   * Forgets what it is not asked for. Answers in the order of the questions; null where nothing was found out in time.
   * @throws AbortedError (`ABORTED`)
   */
  find(
    questions: readonly RecordAgeQuestion[],
    call: { readonly timeoutMs: number; readonly signal?: AbortSignal },
  ): Promise<readonly (FirstRecordAnswer | null)[]>;
}

interface Known {
  readonly from: number;
  readonly answer: FirstRecordAnswer;
  readonly foundAt: number;
}

/** Compaction may take a record away: for so long one is believed to be there. */
const keptMs = 60_000;

/** Makes a finder. One call at a time. */
export function createRecordAges(options: Omit<FirstRecordOptions, "timeoutMs">): RecordAges {
  const { clock } = options;
  let kept = new Map<string, Known>();

  return {
    async find(questions, call) {
      // How long it has been known has nothing to do with what the clock on the wall says.
      const now = clock.monotonic();
      const known = questions.map((question) => {
        const found = kept.get(keyOf(question));
        return found !== undefined && isOf(question, found, now) ? found : undefined;
      });
      const open = questions.flatMap((question, index) => {
        const found = known[index];
        if (found === undefined) return [{ index, question }];
        const isOpen = found.answer.timestamp === null && found.answer.offset < question.to;
        return isOpen ? [{ index, question: { ...question, from: found.answer.offset } }] : [];
      });
      const answers = await findFirstRecords({ ...options, ...call, questions: open.map(({ question }) => question) });
      for (const [at, { index, question }] of open.entries()) {
        const answer = answers[at];
        if (answer === null || answer === undefined) continue;
        known[index] = { from: known[index]?.from ?? question.from, answer, foundAt: now };
      }
      kept = new Map(questions.flatMap((question, index) => (known[index] === undefined ? [] : [[keyOf(question), known[index]]])));
      return known.map((found) => found?.answer ?? null);
    },
  };
}

/** Whether what is known is about the question: it begins there or before, and what it found still counts. */
function isOf({ from, to, start }: RecordAgeQuestion, known: Known, now: number): boolean {
  if (from < known.from) return false;
  const { offset, timestamp } = known.answer;
  if (timestamp === null) return from < offset && offset <= to;
  return from <= offset && start <= offset && offset < to && now - known.foundAt <= keptMs;
}

function keyOf(question: RecordAgeQuestion): string {
  return `${question.group} ${placeOf(question)}`;
}
