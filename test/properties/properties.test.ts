import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { reportText, runCampaign } from './campaign.js';
import { breaches, LAWS } from './laws.js';
import { playSequence } from './play-sequence.js';
import { anySequence } from './sequence.js';
import { openStage, type Stage } from './stage.js';

/** What CI tries, the same each time. For more of them, new ones or a single one: `npm run properties`. */
const RUNS = 2_000;
const SEED = 20_260_104;

let stage: Stage;
beforeAll(async () => {
  stage = await openStage({ address: inject('temporalAddress'), codePath: inject('workflowBundlePath') });
});
afterAll(() => stage.close());

it(`every law holds over ${RUNS} random sequences of faults`, async () => {
  const report = await runCampaign({
    values: anySequence,
    check: async (sequence) => breaches(await playSequence(stage, sequence)),
    runs: RUNS,
    seed: SEED,
    concurrency: 32,
  });
  expect(report.failures, reportText(report, LAWS)).toEqual([]);
});
