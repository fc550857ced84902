import { describe, expect, it } from 'vitest';
import { createActivities, SharedLookUps } from '../../src/activities/index.js';
import {
  CACHE_MODES,
  endpointsOf,
  eventually,
  newId,
  provision,
  scenario,
  useBench,
} from '../support/provision-bench.js';

const RUNS = 60;
const LOST = 20;

/** Real time has no part in it: a second passes when the test says so. */
class SecondsByHand extends SharedLookUps {
  readonly #due: (() => void)[];
  joined = 0;

  constructor() {
    let nowMs = 0;
    const due: (() => void)[] = [];
    super({
      now: () => nowMs,
      after: (delayMs, then) => {
        const dueMs = nowMs + delayMs;
        due.push(() => {
          nowMs = dueMs;
          then();
        });
      },
    });
    this.#due = due;
  }

  override join(...asked: Parameters<SharedLookUps['join']>): ReturnType<SharedLookUps['join']> {
    this.joined += 1;
    return super.join(...asked);
  }

  /** Once so many look-ups in all were asked for, let the time come that those that wait are waiting for. */
  async passOnce(joined: number): Promise<void> {
    // An attempt that the engine lost on a busy machine asks once more.
    await eventually(`${joined} look-ups`, () => this.joined >= joined && this.#due.length > 0, 100_000);
    this.#due.pop()?.();
  }

  /** From now on let time pass whenever somebody waits for it. */
  async passUntil<Result>(ended: Promise<Result>): Promise<Result> {
    const end = { came: false };
    const settled = ended.finally(() => (end.came = true));
    while (!end.came) {
      await eventually('a look-up or the end', () => end.came || this.#due.length > 0, 100_000);
      this.#due.pop()?.();
    }
    return settled;
  }
}

describe.each(CACHE_MODES)('sixty runs at once on one worker, $name', ({ cache }) => {
  const lookUps = new SecondsByHand();
  /** Those of a worker: unlike the activities of the test kit they share their look-ups. */
  const activities = createActivities({
    privateLink: () => bench.privateLink,
    accountTaskQueue: (taskQueue) => taskQueue,
    findEarlierRuns: async () => ({ inDoubt: false }),
    fleet: 'memo',
    lookUps,
  });
  const bench = useBench({ ...cache, activities, settings: { timeToActive: { afterReads: 0 } } });

  it('look before each create in few calls, again where an answer is lost, and make one endpoint each', async () => {
    const scene = scenario(bench);
    // These are executed, and nobody hears of it.
    scene.fault('CreateVpcEndpoint', { kind: 'loseResponse' }, LOST);
    const ended = Promise.all(
      Array.from({ length: RUNS }, async (_, index) => {
        const workflowId = newId();
        const named = { ...scene.request, EndpointName: `burst-${index}` };
        const { outcome, endpoint, attempts } = await provision(bench, { request: named }, workflowId);
        return { outcome, endpoint, attempts, made: endpointsOf(bench, workflowId) };
      }),
    );
    await lookUps.passOnce(RUNS);
    await lookUps.passOnce(RUNS + LOST);
    const runs = await lookUps.passUntil(ended);

    for (const { endpoint, attempts, made } of runs) {
      expect(made).toEqual([endpoint?.EndpointId]);
      expect(attempts[0]).toMatchObject({
        action: 'ListVpcEndpoints',
        code: '0 found',
        RequestId: expect.any(String) as string,
      });
    }
    expect(runs.filter(({ outcome }) => outcome === 'adopted')).toHaveLength(LOST);
    expect(scene.endpoints()).toHaveLength(RUNS);
    expect(scene.calls('CreateVpcEndpoint')).toBe(RUNS);
    // One alone, one for all others, one for those whose answer was lost; a few more for attempts that were lost.
    expect(scene.calls('ListVpcEndpoints')).toBeLessThanOrEqual(0.4 * RUNS);
  }, 120_000);
});
