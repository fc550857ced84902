import { isGrpcServiceError, NamespaceNotFoundError, ServiceError } from '@temporalio/client';

const DEADLINE_EXCEEDED = 4;

/** Statuses of gRPC by which a server says that it cannot answer now: it may, later. Numbers, because its enum is no dependency of ours. */
const PASSING_CODES: ReadonlySet<number> = new Set([
  2, // UNKNOWN: whatever stands between us and the server
  DEADLINE_EXCEEDED,
  8, // RESOURCE_EXHAUSTED: the rate limit of the namespace
  10, // ABORTED
  13, // INTERNAL
  14, // UNAVAILABLE
]);

const UNIMPLEMENTED = 12;
/** NOT_FOUND of a start or a list is the namespace; PERMISSION_DENIED; UNAUTHENTICATED. */
const FINAL_CODES: ReadonlySet<number> = new Set([5, 7, UNIMPLEMENTED, 16]);

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;

/** The clock of a bulk; tests have one of their own. */
export interface BulkClock {
  now(): number;
  /** Ends early, without an error, when the signal aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** Whether a server that answered with this error may answer otherwise later. */
export function isPassing(error: unknown): boolean {
  const code = grpcCode(error);
  return code !== undefined && PASSING_CODES.has(code);
}

/** Whether an error says that no call of this kind can succeed, whatever it is about. */
export function isAboutServer(error: unknown): boolean {
  if (error instanceof NamespaceNotFoundError) return true;
  const code = grpcCode(error);
  return code !== undefined && FINAL_CODES.has(code);
}

/** Whether nothing came before the deadline: of a poll for the end of a run that is what comes while the run goes on, too. */
export function isLate(error: unknown): boolean {
  return grpcCode(error) === DEADLINE_EXCEEDED;
}

/**
 * How long a server may fail to answer before a bulk gives up, and the pauses between its calls.
 *
 * The time begins with the first call that failed since the last answer: one in which nothing was asked does not count.
 */
export class Patience {
  readonly #clock: BulkClock;
  readonly #limitMs: number;
  #failingSince: number | undefined;

  constructor(clock: BulkClock, limitMs: number) {
    this.#clock = clock;
    this.#limitMs = limitMs;
  }

  /** The server has answered, whatever it said. */
  answered(): void {
    this.#failingSince = undefined;
  }

  /**
   * A call has failed with an error that may pass.
   *
   * @throws OutageError - The server has answered nothing for too long.
   */
  failed(error: unknown): void {
    const now = this.#clock.now();
    this.#failingSince ??= now;
    if (now - this.#failingSince >= this.#limitMs) throw new OutageError(error);
  }

  /**
   * Make a call, again and again while its error may pass, with pauses that grow from 0.5 s to 15 s.
   *
   * @returns `undefined`: the signal aborted before an answer came.
   * @throws OutageError - The server answers nothing any more.
   * @throws The error of the call itself, where it will not pass, or has not while others were answered for as long.
   */
  async call<Answer>(stop: AbortSignal, ask: () => Promise<Answer>): Promise<Answer | undefined> {
    let failingSince: number | undefined;
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      try {
        const answer = await ask();
        this.answered();
        return answer;
      } catch (error) {
        if (!isPassing(error)) {
          this.answered();
          throw error;
        }
        this.failed(error);
        failingSince ??= this.#clock.now();
        if (this.#clock.now() - failingSince >= this.#limitMs) throw error;
      }
      // Spread, so that a server that comes back is not met by all of them at once.
      await this.#clock.sleep(pauseMs * (0.8 + 0.4 * Math.random()), stop);
      if (stop.aborted) return undefined;
    }
  }
}

/** The server cannot be used: not for one request, for any. Its `cause` is the error of the last call. */
export class OutageError extends Error {
  override readonly name = 'OutageError';

  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** The SDK's wrapper tells neither the status nor the reason. */
export function withoutWrapper(error: unknown): unknown {
  return error instanceof ServiceError ? (error.cause ?? error) : error;
}

function grpcCode(error: unknown): number | undefined {
  const inner = withoutWrapper(error);
  return isGrpcServiceError(inner) ? inner.code : undefined;
}
