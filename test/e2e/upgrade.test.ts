import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { Client, Connection } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLocalStack, type LocalStack } from '../../src/cli/local-stack.js';
import { workerEnvironment } from '../../src/cli/stack-environment.js';
import { startWorkerProcess, type WorkerProcess } from '../../src/cli/worker-process.js';
import { ProvisioningClient } from '../../src/client/index.js';
import { WAIT_ACTIVITY_ID } from '../../src/contract/messages.js';
import { findTemporalBinary } from '../../src/temporal/find-binary.js';
import { until } from '../support/program-process.js';

/*
 * An upgrade with worker versioning, as docs/upgrades.md has it: a hundred runs that the workflows of the previous release began
 * are taken to their ends by those of this one. The bundle is that of the release; the program around it is of now.
 */

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const LIB = join(ROOT, 'lib');
const RegionId = 'cn-upgraded';
const DEPLOYMENT = 'privatelink';
const WAITING = 80;
const PARKED = 20;
const LATER_MS = 3_600_000;
const SETTINGS = { PVL_CREATES_PER_MINUTE: '10000', PVL_READS_PER_MINUTE: '10000' };
/** WorkflowTaskFailedCause of the engine's API. */
const UNHANDLED_COMMAND = 1;
const run = promisify(execFile);

describe('an upgrade with a hundred runs under way', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pvl-upgrade-'));
  // Beside lib/, so that it finds the same packages.
  const previousLib = mkdtempSync(join(ROOT, 'lib.previous-'));
  const processes: WorkerProcess[] = [];
  let stack: LocalStack;
  let connection: Connection;
  let temporal: Client;
  let client: ProvisioningClient;
  let temporalCli: string;
  const ids: string[] = [];

  beforeAll(async () => {
    cpSync(LIB, previousLib, { recursive: true });
    const { sdk } = JSON.parse(readFileSync(join(LIB, 'workflow-bundle.json'), 'utf8')) as { sdk: string };
    const [kept, ...others] = readdirSync(join(ROOT, 'test', 'upgrade'));
    // Another SDK's bundle would be left alone, and nothing tested: then record a release anew.
    expect([kept, ...others]).toEqual([`workflow-bundle.sdk-${sdk}.js.gz`]);
    const bundle = gunzipSync(readFileSync(join(ROOT, 'test', 'upgrade', kept ?? '')));
    expect(bundle.equals(readFileSync(join(LIB, 'workflow-bundle.js')))).toBe(false);
    writeFileSync(join(previousLib, 'workflow-bundle.js'), bundle);

    stack = await startLocalStack({
      logDirectory: folder,
      timeToActive: { afterMs: LATER_MS },
      // Its worker is of no version, and gets nothing of what versions work on.
      workerFile: join(LIB, 'worker.js'),
      taskQueue: 'aside',
      log: (text) => process.stderr.write(`${text}\n`),
    });
    const { address } = stack.temporal;
    connection = await Connection.connect({ address });
    temporal = new Client({ connection });
    client = new ProvisioningClient({ client: temporal, onWarning: () => undefined });
    temporalCli = (await findTemporalBinary('temporal', { env: process.env })).path;
  }, 120_000);
  afterAll(async () => {
    await Promise.all(processes.map((worker) => worker.kill('SIGTERM')));
    await connection.close();
    await stack.stop();
    rmSync(previousLib, { recursive: true, force: true });
    rmSync(folder, { recursive: true, force: true });
  });

  async function startVersion(buildId: string, lib: string): Promise<WorkerProcess> {
    const { address, namespace } = stack.temporal;
    const addresses = { temporalAddress: address, namespace, twinUrl: stack.twin.url };
    const worker = await startWorkerProcess({
      env: {
        ...workerEnvironment(process.env, addresses, SETTINGS),
        TEMPORAL_DEPLOYMENT_NAME: DEPLOYMENT,
        TEMPORAL_WORKER_BUILD_ID: buildId,
      },
      workerFile: join(lib, 'worker.js'),
    });
    processes.push(worker);
    return worker;
  }

  /** As docs/upgrades.md says it; the server learns of a version some time after its worker started. */
  async function makeCurrent(buildId: string): Promise<void> {
    const version = ['--deployment-name', DEPLOYMENT, '--build-id', buildId, '--yes'];
    await until(`${buildId} is current`, async () =>
      run(temporalCli, [
        ...['worker', 'deployment', 'set-current-version', ...version],
        ...['--address', stack.temporal.address],
      ]).then(
        () => true,
        () => false,
      ),
    );
  }

  const historyOf = (id: string) => temporal.workflow.getHandle(id).fetchHistory();

  /** Build ids of the versions that have completed workflow tasks of a run, in their order. */
  async function versionsOf(id: string): Promise<string[]> {
    const { events } = await historyOf(id);
    const told = (events ?? []).flatMap(
      ({ workflowTaskCompletedEventAttributes: completed }) => completed?.deploymentVersion?.buildId ?? [],
    );
    return told.filter((buildId, index) => buildId !== told[index - 1]);
  }

  /** Why workflow tasks of a run failed; not that a signal came while a run was about to end, which then sees it. */
  async function taskFailuresOf(id: string): Promise<string[]> {
    const { events } = await historyOf(id);
    return (events ?? []).flatMap(({ workflowTaskFailedEventAttributes: failed }) =>
      failed == null || Number(failed.cause) === UNHANDLED_COMMAND
        ? []
        : [`${failed.cause ?? ''}: ${failed.failure?.message ?? ''}`],
    );
  }

  it('begins with runs of the previous release that wait and that are parked', async () => {
    await startVersion('previous', previousLib);
    await makeCurrent('previous');
    stack.twin.faults.add({
      id: 'full',
      action: 'CreateVpcEndpoint',
      parameters: { ServiceId: 'epsrv-parked' },
      times: 'always',
      effect: { kind: 'code', code: 'QuotaExceeded.totalEpPerVpc' },
    });
    const request = (ServiceId: string, index: number) => {
      return { RegionId, VpcId: 'vpc-1', ServiceId, EndpointName: `n-${index}`, SecurityGroupId: ['sg-1'] };
    };
    const services = [...Array<string>(WAITING).fill('epsrv-1'), ...Array<string>(PARKED).fill('epsrv-parked')];
    const started = await Promise.all(
      services.map((service, index) => client.start({ request: request(service, index) })),
    );
    ids.push(...started.map(({ workflowId }) => workflowId));
    await until('all wait or are parked', async () => {
      const states = await Promise.all(ids.map((id) => temporal.workflow.getHandle(id).describe()));
      const waiting = states.filter(({ raw }) =>
        raw.pendingActivities?.some(({ activityId }) => activityId === WAIT_ACTIVITY_ID),
      );
      const parked = states.filter(({ raw }) => (raw.pendingActivities ?? []).length === 0);
      return waiting.length === WAITING && parked.length === PARKED;
    });
    expect(new Set((await Promise.all(ids.map(versionsOf))).flat())).toEqual(new Set(['previous']));
  }, 120_000);

  it('replays their histories with the workflows of now', async () => {
    const histories = await Promise.all(
      ids.map(async (workflowId) => ({ workflowId, history: await historyOf(workflowId) })),
    );
    const failures: string[] = [];
    const replayed = Worker.runReplayHistories(
      { workflowBundle: { codePath: join(LIB, 'workflow-bundle.js') } },
      histories,
    );
    let count = 0;
    for await (const { workflowId, error } of replayed) {
      count += 1;
      if (error !== undefined) failures.push(`${workflowId}: ${error.message}`);
    }
    expect(failures).toEqual([]);
    expect(count).toBe(WAITING + PARKED);
  });

  it('ends all of them with the version of now, one endpoint each', async () => {
    await startVersion('now', LIB);
    await makeCurrent('now');
    await processes[0]?.kill('SIGTERM');
    stack.twin.faults.remove('full');
    const parked = ids.slice(WAITING);
    await Promise.all(parked.map((id) => client.retryNow(id)));
    await until(
      'nothing is parked',
      async () => stack.twin.journal.countOf('CreateVpcEndpoint') >= WAITING + 2 * PARKED,
    );
    stack.twin.advance(LATER_MS);

    const results = await Promise.all(
      ids.map((id) =>
        client.result(id).then(
          ({ endpoint }) => endpoint,
          (error: unknown) => error,
        ),
      ),
    );
    const endpoints = results.map((endpoint) => (endpoint as { EndpointId?: string }).EndpointId);
    expect(results.filter((endpoint) => endpoint instanceof Error)).toEqual([]);
    expect(new Set(endpoints).size).toBe(WAITING + PARKED);
    const versions = await Promise.all(ids.map(versionsOf));
    expect(versions.filter((of) => of.join() !== 'previous,now')).toEqual([]);
    const failed = await Promise.all(ids.map(taskFailuresOf));
    expect(failed.flat()).toEqual([]);
  }, 180_000);
});
