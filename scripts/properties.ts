/**
 * `npm run properties -- --runs N [--seed S] [--path P] [--replay JSON]`: random sequences of faults through the real
 * workflow, as many as one likes, in virtual time. Exit code 1 when a law was broken.
 */
import { parseArgs } from 'node:util';
import type { TestProject } from 'vitest/node';
import '../test/support/quiet-runtime.js';
import { reportText, runCampaign } from '../test/properties/campaign.js';
import { breaches, LAWS } from '../test/properties/laws.js';
import { playSequence } from '../test/properties/play-sequence.js';
import { anySequence, parseSequence } from '../test/properties/sequence.js';
import { openStage } from '../test/properties/stage.js';
import { setup } from '../test/support/virtual-time-server.js';

const { values: given } = parseArgs({
  options: {
    runs: { type: 'string', default: '2000' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    path: { type: 'string' },
    replay: { type: 'string' },
    concurrency: { type: 'string', default: '48' },
    shrunk: { type: 'string', default: '5' },
  },
});
const runs = countOf('runs', given.runs);
const seed = Number(given.seed);
if (!Number.isSafeInteger(seed)) throw new TypeError(`--seed is a whole number, not ${given.seed}`);
const replayed = given.replay === undefined ? undefined : parseSequence(given.replay);

const say = (line: string) => process.stdout.write(`${line}\n`);
const provided: Record<string, string> = {};
const teardown = await setup({
  provide: (name: string, value: string) => {
    provided[name] = value;
  },
} as unknown as TestProject);
const stage = await openStage({
  address: provided['temporalAddress'] ?? '',
  codePath: provided['workflowBundlePath'] ?? '',
});
let failed: boolean;
try {
  failed = replayed === undefined ? await campaign() : await replay(replayed);
} finally {
  await stage.close();
  await teardown();
}
process.exit(failed ? 1 : 0);

async function campaign(): Promise<boolean> {
  const startedAt = performance.now();
  const report = await runCampaign({
    values: anySequence,
    check: async (sequence) => breaches(await playSequence(stage, sequence)),
    runs,
    seed,
    ...(given.path === undefined ? {} : { path: given.path }),
    concurrency: countOf('concurrency', given.concurrency),
    shrunk: countOf('shrunk', given.shrunk),
    onProgress: (done, broken) => {
      if (done % 500 !== 0 && done !== runs) return;
      const seconds = (performance.now() - startedAt) / 1_000;
      say(`${done} of ${runs}, ${(done / seconds).toFixed(1)} a second; laws broken: ${broken}`);
    },
  });
  say(reportText(report, LAWS));
  return report.failures.length > 0;
}

async function replay(sequence: Parameters<typeof playSequence>[1]): Promise<boolean> {
  const observation = await playSequence(stage, sequence);
  for (const { runId, attempt, action, atMs, clientToken, does, answer } of observation.calls) {
    const epoch = clientToken === undefined ? '' : ` epoch ${clientToken.split('.').at(-1) ?? ''}`;
    const came =
      answer === undefined ? 'no answer' : `${answer.status} ${answer.code ?? JSON.stringify(answer.endpoints)}`;
    const what = does === undefined ? '' : ` [${JSON.stringify(does)}]`;
    say(`${runId.slice(-4)} ${(atMs / 1_000).toFixed(1).padStart(8)} s  ${attempt} ${action}${epoch}${what}: ${came}`);
  }
  for (const { EndpointId, runId, afterCalls } of observation.makings) {
    say(`${runId.slice(-4)} made ${EndpointId} by call ${afterCalls}`);
  }
  for (const { runId, end, endpoints, historyEvents } of observation.runs) {
    say(
      `${runId.slice(-4)} ended after ${historyEvents} events: ${JSON.stringify(end)}; there are ${JSON.stringify(endpoints)}`,
    );
  }
  const found = breaches(observation);
  say(found.length === 0 ? 'Every law held.' : found.map(({ law, seen }) => `BROKEN ${law}: ${seen}`).join('\n'));
  return found.length > 0;
}

function countOf(name: string, text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new TypeError(`--${name} is a whole number from 1 up, not ${text}`);
  return Number(text);
}
