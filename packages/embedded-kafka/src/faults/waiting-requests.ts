import type { EngineRequest, EngineResponse, ResponseBody } from "../engine/api-registration.ts";
import type { Interceptor, NextHandler } from "./interceptor.ts";

interface WaitingRequest {
  readonly request: EngineRequest;
  readonly handle: NextHandler;
  readonly settle: (answer: EngineResponse) => void;
}

/** Requests that the broker has taken and not answered yet: a fetch for records, a join for the other members. */
export class WaitingRequests {
  readonly #waiting = new Set<WaitingRequest>();

  /** Handles a request, which may be interrupted as long as it waits. */
  handle(request: EngineRequest, handle: NextHandler): EngineResponse {
    const answer = handle(request);
    return answer instanceof Promise ? this.#wait(request, answer, handle) : answer;
  }

  #wait(request: EngineRequest, answer: Promise<ResponseBody | undefined>, handle: NextHandler): Promise<ResponseBody | undefined> {
    return new Promise((resolve, reject) => {
      const waiting: WaitingRequest = { request, handle, settle: resolve };
      this.#waiting.add(waiting);
      const done = (): void => {
        this.#waiting.delete(waiting);
      };
      answer.then(resolve, reject).then(done, done);
    });
  }

  /** Answers those that a fault strikes. What it passes on is handled anew. */
  interrupt(strikes: (request: EngineRequest) => boolean, intercept: Interceptor): void {
    for (const waiting of Array.from(this.#waiting)) {
      if (!strikes(waiting.request)) continue;
      this.#waiting.delete(waiting);
      waiting.settle(intercept(waiting.request, waiting.handle));
    }
  }
}
