import { ServiceError } from '@temporalio/client';
import { describe, expect, test, vi } from 'vitest';
import {
  provisionAll,
  type BulkCalls,
  type BulkEnd,
  type BulkOptions,
  type BulkRequest,
} from '../../../src/client/bulk.js';
import type { BulkClock } from '../../../src/client/bulk-patience.js';
import { RequestConflictError } from '../../../src/client/errors.js';
import { INPUT, RESULT } from './fixture.js';

const CODES = { deadline: 4, denied: 7, unavailable: 14 } as const;

function grpcError(code: number): ServiceError {
  const cause = Object.assign(new Error('grpc'), { code, details: 'grpc', metadata: {} });
  return new ServiceError('the call failed', { cause });
}

/** A clock on which sleeping takes no time, but time passes. */
function quickClock(): BulkClock {
  let now = Date.parse('2026-01-01T00:00:00Z');
  return {
    now: () => now,
    sleep: async (ms) => {
      await new Promise((resolve) => setImmediate(resolve));
      now += ms;
    },
  };
}

const requests = (count: number): BulkRequest[] =>
  Array.from({ length: count }, (_, index) => ({ input: { ...INPUT }, workflowId: `order-${index}` }));

async function* refusedList(): AsyncGenerator<never> {
  throw grpcError(CODES.denied);
}

/** Runs that have ended as soon as they are started, and are listed then. */
function calls(clock: BulkClock, overrides: Partial<BulkCalls<BulkRequest>> = {}) {
  const ended: { workflowId: string; closedAt: Date }[] = [];
  const all: BulkCalls<BulkRequest> = {
    start: async ({ workflowId = '' }) => {
      ended.push({ workflowId, closedAt: new Date(clock.now()) });
      return { workflowId, runId: `run-of-${workflowId}`, how: 'started' };
    },
    result: async () => RESULT,
    listEnded: async function* (since) {
      yield* ended.filter(({ closedAt }) => closedAt >= since);
    },
    describe: async () => ({}),
    warn: () => undefined,
    ...overrides,
  };
  const { start, result, listEnded, describe, warn } = all;
  return {
    start: vi.fn(start),
    result: vi.fn(result),
    listEnded: vi.fn(listEnded),
    describe: vi.fn(describe),
    warn: vi.fn(warn),
  };
}

async function run(made: BulkCalls<BulkRequest>, clock: BulkClock, count: number, options: BulkOptions = {}) {
  const ends: BulkEnd<BulkRequest>[] = [];
  for await (const end of provisionAll(made, requests(count), options, clock)) ends.push(end);
  return ends;
}

describe('provisionAll', () => {
  test('tells the end of each run, and asks a run only after the list has shown its end', async () => {
    const clock = quickClock();
    const made = calls(clock);
    const ends = await run(made, clock, 25, { window: 10 });
    expect(ends.map(({ request }) => request.workflowId).sort()).toEqual(
      requests(25)
        .map(({ workflowId }) => workflowId)
        .sort(),
    );
    expect(ends.every((end) => 'result' in end && end.result === RESULT)).toBe(true);
    expect(made.result).toHaveBeenCalledTimes(25);
  });

  test('what has ended ready before is asked at once, without a look at the list', async () => {
    const clock = quickClock();
    const made = calls(clock, {
      start: async ({ workflowId = '' }) => ({ workflowId, runId: 'run-1', how: 'finished' }),
      listEnded: async function* () {
        await new Promise(() => undefined);
      },
    });
    const ends = provisionAll(made, requests(1), {}, clock);
    expect((await ends.next()).value).toMatchObject({ result: RESULT, started: { how: 'finished' } });
  });

  test('a run that the list never shows is asked by itself after five minutes, and again while it goes on', async () => {
    const clock = quickClock();
    const begunAt = clock.now();
    const askedAt: number[] = [];
    const made = calls(clock, {
      listEnded: async function* () {},
      result: async () => {
        askedAt.push(clock.now() - begunAt);
        if (askedAt.length < 3) throw grpcError(CODES.deadline);
        return RESULT;
      },
    });
    expect(await run(made, clock, 1)).toMatchObject([{ result: RESULT }]);
    expect(askedAt).toEqual([300_000, 600_000, 900_000]);
  });

  test('a hint that was wrong leaves the run open: it is asked again after 15 s', async () => {
    const clock = quickClock();
    const askedAt: number[] = [];
    const made = calls(clock, {
      result: async () => {
        askedAt.push(clock.now());
        if (askedAt.length === 1) throw grpcError(CODES.deadline);
        return RESULT;
      },
      // An earlier run of the id, shown once.
      listEnded: async function* () {
        if (askedAt.length === 0) yield { workflowId: 'order-0', closedAt: new Date(clock.now()) };
      },
    });
    await run(made, clock, 1);
    expect((askedAt[1] ?? 0) - (askedAt[0] ?? 0)).toBe(15_000);
  });

  test('a start that is refused ends its own request only', async () => {
    const clock = quickClock();
    const fine = calls(clock);
    const made = calls(clock, {
      start: async (request) => {
        if (request.workflowId === 'order-1') throw new RequestConflictError('order-1', ['request.VpcId']);
        return fine.start(request);
      },
      listEnded: fine.listEnded,
    });
    const ends = await run(made, clock, 3);
    expect(ends).toHaveLength(3);
    const refused = ends.filter((end) => 'error' in end);
    expect(refused).toMatchObject([{ request: { workflowId: 'order-1' }, error: { name: 'RequestConflictError' } }]);
    expect(refused[0]).not.toHaveProperty('started');
  });

  test('an outage is waited out, and every request is told once', async () => {
    const clock = quickClock();
    const downUntil = clock.now() + 300_000;
    const fine = calls(clock);
    const made = calls(clock, {
      start: async (request) => {
        if (clock.now() < downUntil) throw grpcError(CODES.unavailable);
        return fine.start(request);
      },
      listEnded: async function* (since) {
        if (clock.now() < downUntil) throw grpcError(CODES.unavailable);
        yield* fine.listEnded(since);
      },
    });
    const ends = await run(made, clock, 20, { window: 5 });
    expect(new Set(ends.map(({ request }) => request.workflowId)).size).toBe(20);
    expect(ends.every((end) => 'result' in end)).toBe(true);
  });

  test('a server that never answers ends the whole after the time that is given', async () => {
    const clock = quickClock();
    const begunAt = clock.now();
    const down = () => {
      throw grpcError(CODES.unavailable);
    };
    const made = calls(clock, {
      start: async () => down(),
      listEnded: async function* () {
        down();
      },
    });
    await expect(run(made, clock, 5, { patienceMs: 60_000 })).rejects.toMatchObject({ name: 'OutageError' });
    expect(clock.now() - begunAt).toBeGreaterThanOrEqual(60_000);
  });

  test('a start that fails for as long as others are answered ends its own request', async () => {
    const clock = quickClock();
    const fine = calls(clock);
    const made = calls(clock, {
      start: async (request) => {
        if (request.workflowId === 'order-0') throw grpcError(CODES.unavailable);
        return fine.start(request);
      },
      listEnded: fine.listEnded,
    });
    const ends = await run(made, clock, 2, { patienceMs: 60_000 });
    expect(ends.find(({ request }) => request.workflowId === 'order-0')).toMatchObject({
      error: { name: 'ServiceError' },
    });
    expect(ends.find(({ request }) => request.workflowId === 'order-1')).toMatchObject({ result: RESULT });
  });

  test('a server that forbids to start anything ends the whole at once', async () => {
    const clock = quickClock();
    const made = calls(clock, {
      start: async () => {
        throw grpcError(CODES.denied);
      },
    });
    await expect(run(made, clock, 500)).rejects.toMatchObject({ name: 'OutageError' });
    expect(made.start.mock.calls.length).toBeLessThanOrEqual(200);
  });

  test('where the list is refused each run is asked by itself, and that is told once', async () => {
    const clock = quickClock();
    const made = calls(clock, {
      listEnded: refusedList,
    });
    expect(await run(made, clock, 30, { window: 10 })).toHaveLength(30);
    expect(made.warn).toHaveBeenCalledTimes(1);
    expect(made.listEnded).toHaveBeenCalledTimes(1);
  });

  test('without the list, a run that goes on for hours is no outage', async () => {
    const clock = quickClock();
    const endsAt = clock.now() + 3 * 3_600_000;
    const made = calls(clock, {
      listEnded: refusedList,
      result: async () => {
        if (clock.now() < endsAt) throw grpcError(CODES.deadline);
        return RESULT;
      },
    });
    expect(await run(made, clock, 2)).toMatchObject([{ result: RESULT }, { result: RESULT }]);
  });

  test('without the list, a start that fails once after a long full window is made again', async () => {
    const clock = quickClock();
    const endsAt = clock.now() + 1_200_000;
    const fine = calls(clock);
    const attempts: string[] = [];
    const made = calls(clock, {
      start: async (request) => {
        attempts.push(request.workflowId ?? '');
        if (attempts.length === 2) throw grpcError(CODES.unavailable);
        return fine.start(request);
      },
      listEnded: refusedList,
      result: async () => {
        if (clock.now() < endsAt) throw grpcError(CODES.deadline);
        return RESULT;
      },
    });
    expect(await run(made, clock, 2, { window: 1 })).toHaveLength(2);
    expect(attempts).toEqual(['order-0', 'order-1', 'order-1']);
  });

  test.each([CODES.unavailable, CODES.deadline])(
    'without the list, a server that is gone once all are started ends the whole after 10 min: status %i',
    async (code) => {
      const clock = quickClock();
      const goneAt = clock.now() + 60_000;
      // Where nothing else ends the bulk, this does.
      const tooLate = new AbortController();
      const made = calls(clock, {
        listEnded: refusedList,
        result: async () => {
          if (clock.now() > goneAt + 3_600_000) tooLate.abort();
          throw grpcError(clock.now() < goneAt ? CODES.deadline : code);
        },
        describe: async () => {
          if (clock.now() >= goneAt) throw grpcError(code);
        },
      });
      await expect(run(made, clock, 3, { stop: tooLate.signal })).rejects.toMatchObject({ name: 'OutageError' });
      expect(clock.now() - goneAt).toBeGreaterThanOrEqual(600_000);
      expect(clock.now() - goneAt).toBeLessThan(700_000);
    },
  );

  test('after a stop nothing is started; what is under way is left, and the bulk ends', async () => {
    const clock = quickClock();
    const stop = new AbortController();
    const started: string[] = [];
    const made = calls(clock, { listEnded: async function* () {} });
    const ends = await run(made, clock, 50, {
      window: 10,
      stop: stop.signal,
      onStarted: ({ workflowId }) => {
        started.push(workflowId);
        if (started.length === 10) stop.abort();
      },
    });
    expect(ends).toEqual([]);
    expect(started).toHaveLength(10);
    expect(made.start).toHaveBeenCalledTimes(10);
  });
});
