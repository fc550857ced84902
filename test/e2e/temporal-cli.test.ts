import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLocalStack, type LocalStack } from '../../src/cli/local-stack.js';
import { WORKFLOW_TAG } from '../../src/model/owner-tags.js';
import { findTemporalBinary } from '../../src/temporal/find-binary.js';
import { callsOfRuns } from '../support/calls-of-runs.js';
import { eventually } from '../support/provision-bench.js';

/** The engine's own command line as a trigger: no client of ours is involved. */
describe('the temporal CLI starts provisions', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pvl-temporal-cli-'));
  let stack: LocalStack;
  let binary: string;
  let number = 0;

  beforeAll(async () => {
    binary = (await findTemporalBinary('temporal', { env: process.env })).path;
    stack = await startLocalStack({
      binary,
      dbFilename: join(folder, 'temporal.db'),
      timeToActive: { afterMs: 500 },
      workerFile: fileURLToPath(new URL('../../lib/worker.js', import.meta.url)),
      log: () => undefined,
    });
  });
  afterAll(async () => {
    await stack.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const REQUEST = {
    RegionId: 'cn-huhehaote',
    VpcId: 'vpc-1',
    ServiceId: 'epsrv-1',
    SecurityGroupId: ['sg-1'],
    Zone: [{ ZoneId: 'cn-huhehaote-b', VSwitchId: 'vsw-1' }],
  };

  async function temporal(...args: string[]) {
    const child = spawn(binary, [...args, '--address', stack.temporal.address], {
      env: { HOME: folder, PATH: process.env['PATH'] },
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    return { code, stdout, stderr };
  }

  function inputFile(input: unknown): { file: string; id: string } {
    number += 1;
    const file = join(folder, `input-${number}.json`);
    writeFileSync(file, JSON.stringify(input));
    return { file, id: `cli/${number}` };
  }

  const provision = (how: 'start' | 'execute', id: string, file: string | undefined, ...more: string[]) =>
    temporal(
      'workflow',
      how,
      '--type',
      'provisionVpcEndpoint',
      '--task-queue',
      'privatelink',
      '--workflow-id',
      id,
      ...(file === undefined ? [] : ['--input-file', file]),
      ...more,
    );

  const endpointsOf = (id: string) => stack.twin.journal.endpointsMade({ Key: WORKFLOW_TAG, Value: id });

  it.each([
    { why: 'a plain request', input: { request: REQUEST } },
    {
      why: 'notifications',
      input: { request: REQUEST, until: 'Active', notify: [{ workflowId: 'order-17', signal: 'endpointDone' }] },
    },
    {
      why: 'a policy for quotas',
      input: {
        request: REQUEST,
        retry: { quota: { initialInterval: '5m', maximumInterval: '30m', timeout: '7d' } },
      },
    },
  ])('execute waits and prints the result: $why', async ({ input }) => {
    const { file, id } = inputFile(input);
    const { code, stdout, stderr } = await provision('execute', id, file, '-o', 'json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { status, result } = JSON.parse(stdout) as { status: string; result: { endpoint: { EndpointId: string } } };
    expect(status).toBe('COMPLETED');
    expect(endpointsOf(id)).toEqual([result.endpoint.EndpointId]);
  });

  it('start returns at once, and result waits', async () => {
    const { file, id } = inputFile({ request: REQUEST });
    expect((await provision('start', id, file)).code).toBe(0);
    const { code, stdout } = await temporal('workflow', 'result', '--workflow-id', id, '-o', 'json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ status: 'COMPLETED', result: { outcome: 'created' } });
  });

  it.each([
    { why: 'no input', input: undefined, problem: 'expected one JSON object {\\"request\\": {...}}, got nothing' },
    { why: 'flat parameters', input: { RegionId: 'cn-a' }, problem: 'wrap these in \\"request\\": RegionId' },
    { why: 'a misspelt field', input: { request: { ...REQUEST, VpcID: 'v' } }, problem: 'did you mean \\"VpcId\\"' },
  ])('fails at once with the list of problems and without a call to the cloud: $why', async ({ input, problem }) => {
    const { file, id } = inputFile(input ?? null);
    const before = callsOfRuns(stack.twin.journal);
    const { code, stdout } = await provision('execute', id, input === undefined ? undefined : file, '-o', 'json');
    expect(code).toBe(1);
    expect(stdout).toContain(problem);
    const ended = JSON.parse(stdout) as {
      status: string;
      closeEvent: { workflowExecutionFailedEventAttributes: { failure: unknown } };
    };
    expect(ended.status).toBe('FAILED');
    expect(ended.closeEvent.workflowExecutionFailedEventAttributes.failure).toMatchObject({
      applicationFailureInfo: { type: 'InvalidInput', nonRetryable: true },
    });
    expect(callsOfRuns(stack.twin.journal)).toBe(before);
  });

  it('shows code, RequestId and advice of a refusal', async () => {
    stack.twin.engine.configure({ missing: ['vpc-gone'] });
    const { file, id } = inputFile({ request: { ...REQUEST, VpcId: 'vpc-gone' } });
    const text = await provision('execute', id, file);
    expect(text.code).toBe(1);
    expect(text.stdout).toMatch(/VpcNotFound: The specified VPC does not exist\. \(RequestId [0-9A-F-]{36}\)/);
    expect(text.stdout).not.toContain('Activity task failed');
    const json = await temporal('workflow', 'result', '--workflow-id', id, '-o', 'json');
    expect(json.stdout).toContain('"RequestRejected"');
    expect(json.stdout).toContain('Check VpcId and RegionId.');
  });

  it('wakes a parked run, once: a run that is not parked refuses', async () => {
    const { file, id } = inputFile({ request: { ...REQUEST, EndpointName: 'parked' } });
    stack.twin.faults.add({ action: 'CreateVpcEndpoint', effect: { kind: 'code', code: 'QuotaMisMatched' } });
    await provision('start', id, file);
    const wake = () =>
      temporal('workflow', 'update', 'execute', '--workflow-id', id, '--name', 'retryNow', '-o', 'json');
    const woken = await eventually('the run is parked', async () => {
      const answer = await wake();
      return answer.code === 0 && answer;
    });
    expect(JSON.parse(woken.stdout)).toMatchObject({ result: { code: 'QuotaMisMatched', epoch: 2 } });
    const result = await temporal('workflow', 'result', '--workflow-id', id, '-o', 'json');
    expect(JSON.parse(result.stdout)).toMatchObject({ status: 'COMPLETED', result: { create: { epoch: 2 } } });

    const { file: other, id: waiting } = inputFile({ request: { ...REQUEST, EndpointName: 'waiting' } });
    stack.twin.engine.configure({ timeToActive: { afterMs: 3_600_000 } });
    await provision('start', waiting, other);
    const args = ['workflow', 'update', 'execute', '--workflow-id', waiting, '--name', 'retryNow'] as const;
    const refused = await eventually('the run waits', async () => {
      const answer = await temporal(...args);
      return answer.stderr.includes('(phase waiting)') && answer;
    });
    stack.twin.engine.configure({ timeToActive: { afterMs: 500 } });
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('Nothing to wake: the run is not parked');
    await temporal('workflow', 'terminate', '--workflow-id', waiting);
  });

  it('starts a run and tells its endpoint in one call, and steers it by updates', async () => {
    stack.twin.engine.configure({ timeToActive: { afterMs: 3_600_000 } });
    const { file, id } = inputFile({ request: { ...REQUEST, EndpointName: 'steered' } });
    const start = ['--type', 'provisionVpcEndpoint', '--task-queue', 'privatelink', '--workflow-id', id];
    const started = await temporal(
      ...['workflow', 'execute-update-with-start', ...start, '--input-file', file],
      ...['--update-name', 'accepted', '--id-conflict-policy', 'UseExisting', '-o', 'json'],
    );
    stack.twin.engine.configure({ timeToActive: { afterMs: 500 } });
    expect({ code: started.code, stderr: started.stderr }).toEqual({ code: 0, stderr: '' });
    const [EndpointId] = endpointsOf(id);
    expect(JSON.parse(started.stdout)).toMatchObject({ updateResult: { state: 'accepted', EndpointId } });

    const update = (name: string, input: object) =>
      temporal(
        ...['workflow', 'update', 'execute', '--workflow-id', id, '--name', name],
        ...['--input', JSON.stringify(input), '-o', 'json'],
      );
    const extended = await update('extendDeadline', { wait: 'active', by: '30m' });
    expect(JSON.parse(extended.stdout)).toMatchObject({ result: { wait: 'active', withinMs: 3_600_000 } });
    const changed = await update('changeOptions', { until: 'Connected', onCancel: 'delete' });
    expect(JSON.parse(changed.stdout)).toMatchObject({ result: { until: 'Connected', onCancel: 'delete' } });
    const refused = await update('extendDeadline', { wait: 'parked', by: 'soon' });
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('by: expected a duration');
    const late = await update('extendDeadline', { wait: 'accepted', by: '1m' });
    expect(late.stderr).toContain('Not now: the run is not in this wait (phase waiting)');
    await temporal('workflow', 'terminate', '--workflow-id', id);
  });

  it('prints the old run and exits 0 for an id that is running, unless it is told to fail', async () => {
    stack.twin.engine.configure({ timeToActive: { afterMs: 3_600_000 } });
    const { file, id } = inputFile({ request: REQUEST });
    const first = await provision('start', id, file, '-o', 'json');
    const again = await provision('start', id, file, '-o', 'json');
    const refused = await provision('start', id, file, '--fail-existing');
    const runId = (text: string) => (JSON.parse(text) as { runId: string }).runId;
    expect(again.code).toBe(0);
    expect(runId(again.stdout)).toBe(runId(first.stdout));
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('already running');
    stack.twin.engine.configure({ timeToActive: { afterMs: 500 } });

    const query = await temporal('workflow', 'query', '--workflow-id', id, '--name', 'state', '-o', 'json');
    expect(query.stdout).toContain('waitingFor');
    const details = await temporal('workflow', 'metadata', '--workflow-id', id);
    expect(details.stdout).toContain('phase: **');
    expect((await temporal('workflow', 'cancel', '--workflow-id', id)).code).toBe(0);
    const ended = await temporal('workflow', 'result', '--workflow-id', id, '-o', 'json');
    expect(ended.code).toBe(1);
    expect(JSON.parse(ended.stdout)).toMatchObject({ status: 'CANCELED' });
    const described = await temporal('workflow', 'describe', '--workflow-id', id, '-o', 'json');
    expect(described.stdout).toContain('cancelOutcome');
  });
});
