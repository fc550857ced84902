/**
 * `npm run demo`: one endpoint, provisioned for real through a Temporal server and over HTTP, while the worker is killed.
 *
 * Exits 0 only if everything that its summary claims was seen: the run ended ready after the kill, the twin holds exactly
 * one endpoint for the request, and all create calls carried one client token.
 *
 * `--keep` leaves the stack running until Ctrl-C.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import { progressLine } from '../src/cli/run-output.js';
import { startLocalStack, type LocalStack } from '../src/cli/local-stack.js';
import { ProvisioningClient, type ProvisionResult, type RunView } from '../src/client/index.js';
import type { ProvisionInput } from '../src/contract/input.js';
import { formatMs } from '../src/model/duration.js';
import { WORKFLOW_TAG } from '../src/model/owner-tags.js';

const { values: options } = parseArgs({ options: { keep: { type: 'boolean', default: false } } });

/** Long enough to kill a worker in it, short enough to watch. */
const TIME_TO_ACTIVE_MS = 15_000;

/** The whole demonstration; past it something is wrong. */
const DEADLINE_MS = 180_000;

const folder = mkdtempSync(join(tmpdir(), 'pvl-demo-'));
const say = (text: string) => process.stdout.write(`${text}\n`);

say('durable-privatelink: one request becomes one endpoint, whatever crashes in between.\n');
const stack = await startLocalStack({
  ui: true,
  dbFilename: join(folder, 'temporal.db'),
  logDirectory: folder,
  timeToActive: { afterMs: TIME_TO_ACTIVE_MS },
  workerFile: join(import.meta.dirname, '..', 'lib', 'worker.js'),
  log: (text) => say(`  ${text}`),
});
let failed = true;
try {
  failed = !(await demonstrate(stack));
  if (options.keep) await keepRunning(stack);
} finally {
  await stack.stop();
  if (failed) say(`\nLogs of the worker and of the server: ${folder}`);
  else rmSync(folder, { recursive: true, force: true });
}
process.exit(failed ? 1 : 0);

async function demonstrate({ temporal, twin, worker }: LocalStack): Promise<boolean> {
  say(`  Temporal server  ${temporal.address}, Web UI ${temporal.uiUrl ?? '(none)'}`);
  say(`  PrivateLink      the twin at ${twin.url}; no cloud is touched`);
  say(`  worker           pid ${worker.pid}\n`);

  const input = JSON.parse(
    readFileSync(new URL('../examples/endpoint.json', import.meta.url), 'utf8'),
  ) as ProvisionInput;
  const connection = await Connection.connect({ address: temporal.address });
  const client = new ProvisioningClient({ client: new Client({ connection }), onWarning: say });
  const startedAt = Date.now();
  const { workflowId, runId } = await client.start(input);
  say(`Started ${workflowId}`);

  const result = client.result(workflowId);
  result.catch(() => undefined);
  const killedPid = worker.pid;
  await watch(client, workflowId, (view) => view.state?.phase === 'waiting' && (view.pending?.attempt ?? 0) >= 3);
  await worker.kill('SIGKILL');
  say(`\n  kill -9 of the worker (pid ${killedPid}) in the middle of the wait`);
  await worker.restart();
  say(`  another worker started (pid ${worker.pid})\n`);
  await watch(client, workflowId, (view) => view.status !== 'RUNNING');

  const ended = await result;
  const { historyLength } = await client.state(workflowId);
  await connection.close();
  return summarise(stack, ended, { workflowId, runId, historyLength, elapsedMs: Date.now() - startedAt });
}

/** Show where the run stands until something is the case; a line each time that something changed. */
async function watch(client: ProvisioningClient, workflowId: string, until: (view: RunView) => boolean): Promise<void> {
  const deadline = Date.now() + DEADLINE_MS;
  let shown = '';
  for (;;) {
    const view = await client.state(workflowId);
    const key = [view.status, view.state?.phase, view.state?.endpointStatus, view.pending?.attempt].join();
    if (key !== shown) say(`  ${progressLine(view, Date.now(), 110)}`);
    shown = key;
    if (until(view)) return;
    if (Date.now() > deadline) throw new Error(`The run did not get on within ${formatMs(DEADLINE_MS)}`);
    await pause(500);
  }
}

function summarise(
  { temporal, twin }: LocalStack,
  result: ProvisionResult,
  run: { workflowId: string; runId: string; historyLength: number; elapsedMs: number },
): boolean {
  const made = twin.journal.endpointsMade({ Key: WORKFLOW_TAG, Value: run.workflowId });
  const record = twin.engine.inspect().find(({ EndpointId }) => EndpointId === made[0]);
  const toActiveMs = Date.parse(record?.activeAt ?? '') - Date.parse(record?.createdAt ?? '');
  const lagMs = Date.parse(result.times.activeAt ?? '') - Date.parse(record?.activeAt ?? '');
  const tokens = new Set(
    twin.journal.requests
      .filter(({ action }) => action === 'CreateVpcEndpoint')
      .map(({ parameters }) => parameters['ClientToken']),
  );
  const calls = Object.entries(twin.journal.counts).map(([action, count]) => `${action} ${count}`);
  const path = `namespaces/${temporal.namespace}/workflows/${encodeURIComponent(run.workflowId)}/${run.runId}/history`;

  say(`
${result.endpoint?.EndpointStatus === 'Active' ? 'Ready' : 'NOT READY'} after ${formatMs(run.elapsedMs)}
  endpoint          ${result.endpoint?.EndpointId ?? '(none)'}
  domain            ${result.endpoint?.EndpointDomain ?? '(none)'}
  time to Active    ${formatMs(toActiveMs)} (on the twin)
  detect lag        ${formatMs(lagMs)}
  API calls         ${calls.join(', ')}
  history events    ${run.historyLength}
  endpoints made    ${made.length} for this request (must be 1)
  client tokens     ${tokens.size} over all create calls (must be 1)
  Web UI            ${temporal.uiUrl ?? '(none)'}/${path}`);

  const checks: [string, boolean][] = [
    ['the endpoint is Active', result.endpoint?.EndpointStatus === 'Active'],
    ['it has a domain', result.endpoint?.EndpointDomain !== undefined],
    ['the twin made one endpoint for this request, the one returned', made.join() === result.endpoint?.EndpointId],
    ['all create calls carried one client token', tokens.size === 1],
    ['times are known', Number.isFinite(toActiveMs) && Number.isFinite(lagMs)],
  ];
  for (const [claim, holds] of checks) if (!holds) say(`  NOT TRUE: ${claim}`);
  return checks.every(([, holds]) => holds);
}

async function keepRunning({ temporal }: LocalStack): Promise<void> {
  say(`\nThe stack goes on running (--keep). Try, in another terminal:
  TEMPORAL_ADDRESS=${temporal.address} npm run pvlctl -- provision -f examples/endpoint.json
Ctrl-C ends it.`);
  await new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
}
