import { KafkaError } from "../kafka-error.ts";

const mostAtOnce = 100;
// Called through a local, as fake timers of tests replace the global one.
const endOfTurn = setImmediate;

interface Question<Answer> {
  readonly name: string;
  readonly resolve: (answer: Answer | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * A question about one thing out of one about many: those of one turn are asked together. Where that fails because of some of them, each is asked about
 * alone, so that none fails for another. An answer that is left out is undefined.
 */
export function askInBatches<Answer>(
  ask: (names: readonly string[]) => Promise<ReadonlyMap<string, Answer>>,
): (name: string) => Promise<Answer | undefined> {
  let waiting: Question<Answer>[] = [];
  const answer = async (questions: readonly Question<Answer>[]): Promise<void> => {
    try {
      const answers = await ask(questions.map(({ name }) => name));
      for (const { name, resolve } of questions) resolve(answers.get(name));
    } catch (error) {
      if (questions.length > 1 && isAboutSome(error)) await Promise.all(questions.map(async (question) => await answer([question])));
      else for (const { reject } of questions) reject(error);
    }
  };
  const flush = (): void => {
    const questions = waiting;
    waiting = [];
    for (let from = 0; from < questions.length; from += mostAtOnce) void answer(questions.slice(from, from + mostAtOnce));
  };
  return async (name) =>
    await new Promise((resolve, reject) => {
      waiting.push({ name, resolve, reject });
      if (waiting.length === 1) endOfTurn(flush);
    });
}

function isAboutSome(error: unknown): boolean {
  return KafkaError.is(error) && (error.topic !== undefined || error.failures !== undefined);
}
