import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLocalStack, type LocalStack } from '../../src/cli/local-stack.js';
import { ProvisionCutOffError, ProvisioningClient, type RunView } from '../../src/client/index.js';
import type { ProvisionInput } from '../../src/contract/input.js';
import { WORKFLOW_TAG } from '../../src/model/owner-tags.js';
import { until } from '../support/program-process.js';
import { resetToStart } from '../support/reset-run.js';
import { startServer } from '../support/start-server.js';

/** Real processes: what is killed here is killed with SIGKILL. */
describe('one endpoint per request, whatever crashes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pvl-crash-'));
  let stack: LocalStack;
  let connection: Connection;
  let client: ProvisioningClient;
  let number = 0;

  beforeAll(async () => {
    stack = await startLocalStack({
      startServer,
      dbFilename: join(folder, 'temporal.db'),
      logDirectory: folder,
      timeToActive: { afterMs: 4_000 },
      workerFile: fileURLToPath(new URL('../../lib/worker.js', import.meta.url)),
      log: (text) => process.stderr.write(`${text}\n`),
    });
    connection = await Connection.connect({ address: stack.temporal.address });
    client = new ProvisioningClient({ client: new Client({ connection }), onWarning: () => undefined });
  });
  afterAll(async () => {
    await connection.close();
    await stack.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  function newInput(): ProvisionInput {
    number += 1;
    return {
      request: {
        RegionId: `cn-crash-${number}`,
        VpcId: 'vpc-1',
        ServiceId: 'epsrv-1',
        EndpointName: `crash-${number}`,
        SecurityGroupId: ['sg-1'],
      },
    };
  }

  const createCalls = (input: ProvisionInput) =>
    stack.twin.journal.requests.filter(
      ({ action, parameters }) => action === 'CreateVpcEndpoint' && parameters['RegionId'] === input.request.RegionId,
    );

  const endpointsOf = (workflowId: string) =>
    stack.twin.journal.endpointsMade({ Key: WORKFLOW_TAG, Value: workflowId });

  /** The run ended with the one endpoint there is, and every create call carried the one token of its epoch. */
  async function expectOneEndpoint(workflowId: string, input: ProvisionInput, epoch = 1) {
    const result = await client.result(workflowId);
    expect(result.endpoint?.EndpointStatus).toBe('Active');
    expect(endpointsOf(workflowId)).toEqual([result.endpoint?.EndpointId]);
    const tokens = new Set(createCalls(input).map(({ parameters }) => parameters['ClientToken']));
    expect([...tokens]).toEqual([expect.stringMatching(new RegExp(`\\.${epoch}$`)) as string]);
    return result;
  }

  const reached = (workflowId: string, what: (view: RunView) => boolean) =>
    until(`${workflowId} gets on`, async () => what(await client.state(workflowId)));

  it('when the worker is killed in the create call, its answer lost', async () => {
    const input = newInput();
    stack.twin.faults.add({
      action: 'CreateVpcEndpoint',
      parameters: { RegionId: input.request.RegionId },
      effect: { kind: 'delayMs', ms: 60_000 },
    });
    const { workflowId } = await client.start(input);
    await until('the create call is under way', () => createCalls(input).length === 1);
    await stack.worker.kill('SIGKILL');
    expect(endpointsOf(workflowId)).toHaveLength(1);
    await stack.worker.restart();
    expect((await expectOneEndpoint(workflowId, input)).outcome).toBe('adopted');
  });

  it('when the worker is killed in the create call before its effect', async () => {
    const input = newInput();
    stack.twin.faults.add({
      action: 'CreateVpcEndpoint',
      parameters: { RegionId: input.request.RegionId },
      effect: { kind: 'resetBefore' },
      times: 3,
    });
    const { workflowId } = await client.start(input);
    await until('a create call was sent', () => createCalls(input).length >= 1);
    await stack.worker.kill('SIGKILL');
    await stack.worker.restart();
    await expectOneEndpoint(workflowId, input);
    expect(createCalls(input).length).toBeGreaterThan(1);
  });

  it('when the worker is killed in the wait', async () => {
    const input = newInput();
    const { workflowId } = await client.start(input);
    await reached(workflowId, ({ state, pending }) => state?.phase === 'waiting' && (pending?.attempt ?? 0) >= 2);
    await stack.worker.kill('SIGKILL');
    await stack.worker.restart();
    await expectOneEndpoint(workflowId, input);
    expect(createCalls(input)).toHaveLength(1);
  });

  it('when the worker is stopped in the create call, which is let finish', async () => {
    const input = newInput();
    stack.twin.faults.add({
      action: 'CreateVpcEndpoint',
      parameters: { RegionId: input.request.RegionId },
      effect: { kind: 'delayMs', ms: 1_500 },
    });
    const { workflowId } = await client.start(input);
    await until('the create call is under way', () => createCalls(input).length === 1);
    expect(await stack.worker.kill('SIGTERM')).toEqual({ code: 0, signal: null });
    await stack.worker.restart();
    const result = await expectOneEndpoint(workflowId, input);
    expect(result.outcome).toBe('created');
    expect(createCalls(input)).toHaveLength(1);
  });

  it('when the Temporal server is killed in the wait and started again on its file', async () => {
    const input = newInput();
    const { workflowId } = await client.start(input);
    await reached(workflowId, ({ state, pending }) => state?.phase === 'waiting' && (pending?.attempt ?? 0) >= 2);
    await stack.server.kill();
    await stack.server.restart();
    await expectOneEndpoint(workflowId, input);
    expect(createCalls(input)).toHaveLength(1);
  });

  it('when two callers start the same request at once', async () => {
    const input = newInput();
    const [one, two] = await Promise.all([client.start(input), client.start(input)]);
    expect(one.runId).toBe(two.runId);
    expect([one.how, two.how].sort()).toEqual(['joined', 'started']);
    await expectOneEndpoint(one.workflowId, input);
    expect(await client.start(input)).toMatchObject({ how: 'finished', runId: one.runId });
    expect(createCalls(input)).toHaveLength(1);
  });

  it('when run 1 ends by its deadline, and run 2 goes on waiting for what it left', async () => {
    const input = newInput();
    const { workflowId } = await client.start({ ...input, timeouts: { active: '2s' } });
    await expect(client.result(workflowId)).rejects.toMatchObject({ type: 'DeadlineExceeded', retryable: true });
    await client.start(input);
    expect((await expectOneEndpoint(workflowId, input)).outcome).toBe('adopted');
    expect(createCalls(input)).toHaveLength(1);
  });

  it('when run 1 is reset to before its create', async () => {
    const input = newInput();
    const { workflowId } = await client.start(input);
    await reached(workflowId, ({ state }) => state?.phase === 'waiting');
    await resetToStart(connection, workflowId);
    expect((await expectOneEndpoint(workflowId, input)).outcome).toBe('adopted');
    expect(createCalls(input)).toHaveLength(1);
  });

  it('when run 1 is terminated with its answer lost, and run 2 finds what it left', async () => {
    const input = newInput();
    stack.twin.faults.add({
      action: 'CreateVpcEndpoint',
      parameters: { RegionId: input.request.RegionId },
      effect: { kind: 'loseResponse' },
    });
    const temporal = new Client({ connection });
    const first = await client.start(input);
    await until('the answer was lost', () => endpointsOf(first.workflowId).length === 1);
    await temporal.workflow.getHandle(first.workflowId).terminate('a test');
    await expect(client.result(first.workflowId)).rejects.toThrow(ProvisionCutOffError);
    const second = await client.start(input);
    expect(second.runId).not.toBe(first.runId);
    expect((await expectOneEndpoint(first.workflowId, input)).outcome).toBe('adopted');
  });
});
