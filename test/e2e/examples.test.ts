import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startLocalStack, type LocalStack } from '../../src/cli/local-stack.js';
import { WORKFLOW_TAG } from '../../src/model/owner-tags.js';
import { chooseFreePort } from '../../src/temporal/free-port.js';
import { compileExample, type ExampleProject } from '../support/example-project.js';
import { startProgram, until, type RunningProgram } from '../support/program-process.js';

const WORKER = fileURLToPath(new URL('../../lib/worker.js', import.meta.url));
const HOUR_MS = 3_600_000;
const SOON_MS = 500;
const ANSWER_WITHIN_MS = 8_000;

const REQUEST = {
  RegionId: 'cn-huhehaote',
  VpcId: 'vpc-1',
  ServiceId: 'epsrv-1',
  SecurityGroupId: ['sg-1'],
  Zone: [{ ZoneId: 'cn-huhehaote-b', VSwitchId: 'vsw-1' }],
};

/* The examples as programs of their own, on a dev server, our worker as a process, and the twin. */
let stack: LocalStack;
let number = 0;

beforeAll(async () => {
  if (!existsSync(WORKER)) throw new Error('lib/ is missing: run `npm run build` first, or `npm run test:e2e`');
  stack = await startLocalStack({
    timeToActive: { afterMs: HOUR_MS },
    workerFile: WORKER,
    log: (text) => process.stderr.write(`${text}\n`),
  });
});
afterAll(() => stack.stop());
afterEach(() => {
  stack.twin.faults.clear();
  becomesActiveAfter(HOUR_MS);
});

const becomesActiveAfter = (afterMs: number) => stack.twin.engine.configure({ timeToActive: { afterMs } });
const endpointsOf = (id: string) => stack.twin.journal.endpointsMade({ Key: WORKFLOW_TAG, Value: id });
const statusOf = (id: string) =>
  stack.twin.engine.inspect().find(({ EndpointId }) => EndpointId === id)?.EndpointStatus;

/** Start a program of an example with nothing of our environment but what it needs. */
function start(project: ExampleProject, file: string, env: Record<string, string> = {}): RunningProgram {
  return startProgram(join(project.folder, 'dist', file), [], {
    cwd: project.folder,
    env: { PATH: process.env['PATH'], TEMPORAL_ADDRESS: stack.temporal.address, ...env },
  });
}

describe('the backend of examples/endpoint-backend', () => {
  let project: ExampleProject;
  let backend: RunningProgram;
  let url: string;

  beforeAll(async () => {
    project = await compileExample('endpoint-backend');
    backend = start(project, 'main.js', { PORT: '0', ANSWER_WITHIN_MS: String(ANSWER_WITHIN_MS) });
    url = await addressOf(backend);
  });
  afterAll(async () => {
    backend.kill('SIGTERM');
    expect(await backend.ended).toMatchObject({ code: 0, stderr: '' });
    await project.remove();
  });

  async function addressOf(program: RunningProgram): Promise<string> {
    await until('the backend listens', () => /http:\S+/.test(program.stdout()));
    return /http:\S+/.exec(program.stdout())?.[0] ?? '';
  }

  async function call(method: string, path: string, { key, body, to = url }: Call = {}) {
    const response = await fetch(`${to}${path}`, {
      method,
      headers: key === undefined ? {} : { 'idempotency-key': key },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  }
  interface Call {
    readonly key?: string;
    readonly body?: unknown;
    readonly to?: string;
  }

  const newKey = () => `key-${++number}`;
  const idOf = (key: string) => `endpoints/${key}`;
  const pathOf = (key: string) => `/endpoints/${encodeURIComponent(idOf(key))}`;
  const post = (key: string, change: Record<string, unknown> = {}) =>
    call('POST', '/endpoints', { key, body: { request: { ...REQUEST, ...change } } });
  const read = (key: string) => call('GET', pathOf(key));
  const reads = (key: string, wanted: Record<string, unknown>) =>
    until(`GET says ${JSON.stringify(wanted)}`, async () => {
      const { body } = await read(key);
      return Object.entries(wanted).every(([name, value]) => body[name] === value);
    });

  /** A ready endpoint. */
  async function ready(key: string): Promise<string> {
    becomesActiveAfter(SOON_MS);
    await post(key);
    await reads(key, { status: 'COMPLETED' });
    return endpointsOf(idOf(key))[0] ?? '';
  }

  it('answers with the endpoint long before it is Active, and later with the result', async () => {
    const key = newKey();
    const answer = await post(key);
    const [EndpointId = ''] = endpointsOf(idOf(key));
    expect(answer).toEqual({ status: 202, body: { workflowId: idOf(key), state: 'accepted', EndpointId } });
    expect(statusOf(EndpointId)).toBe('Creating');
    await reads(key, { status: 'RUNNING', phase: 'waiting', EndpointId });

    stack.twin.advance(HOUR_MS);
    await reads(key, { status: 'COMPLETED', phase: 'ready' });
    expect((await read(key)).body['result']).toMatchObject({ outcome: 'created', endpoint: { EndpointId } });
  });

  it('joins a repeated request, while it runs and when it is ready', async () => {
    const key = newKey();
    const [first, second] = await Promise.all([post(key), post(key)]);
    expect(second).toEqual(first);
    stack.twin.advance(HOUR_MS);
    await reads(key, { status: 'COMPLETED' });
    expect(await post(key)).toEqual(first);
    expect(endpointsOf(idOf(key))).toHaveLength(1);
  });

  it('refuses another request under the same key, naming the fields', async () => {
    const key = newKey();
    await post(key);
    expect(await post(key, { VpcId: 'vpc-other' })).toMatchObject({
      status: 409,
      body: { error: { type: 'RequestConflict', fields: ['request.VpcId'] } },
    });
  });

  it.each<{ why: string; key?: string; body: unknown; paths: string[] }>([
    {
      why: 'fields',
      key: 'wrong-1',
      body: { request: { ...REQUEST, VpcId: 1, Zone: [{}] } },
      paths: ['request.VpcId', 'request.Zone[0].ZoneId', 'request.Zone[0].VSwitchId'],
    },
    { why: 'an account', key: 'wrong-2', body: { request: REQUEST, account: 'other' }, paths: ['account'] },
    { why: 'no object', key: 'wrong-3', body: [], paths: [''] },
    { why: 'no JSON', key: 'wrong-4', body: '{', paths: [''] },
    { why: 'no key', body: { request: REQUEST }, paths: ['Idempotency-Key'] },
    { why: 'a key that is none', key: '../order', body: { request: REQUEST }, paths: ['Idempotency-Key'] },
  ])('lists all that is wrong with a request, and starts nothing: $why', async ({ key, body, paths }) => {
    const answer = await call('POST', '/endpoints', { ...(key === undefined ? {} : { key }), body });
    expect(answer).toMatchObject({ status: 400, body: { error: { type: 'InvalidInput' } } });
    const { problems } = answer.body['error'] as { problems: { path: string }[] };
    expect(problems.map(({ path }) => path).sort()).toEqual([...paths].sort());
    if (key !== undefined) expect(await read(key)).toMatchObject({ status: 404 });
  });

  it('says that a request is parked, and cancels it', async () => {
    const fault = { action: 'CreateVpcEndpoint', times: 'always', effect: { kind: 'code', code: 'QuotaMisMatched' } };
    const added = await fetch(`${String(stack.twin.controlUrl)}/faults`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(fault),
    });
    expect(added.ok).toBe(true);
    const key = newKey();
    const answer = await post(key);
    expect(answer).toMatchObject({ status: 202, body: { state: 'parked', code: 'QuotaMisMatched' } });
    expect(Date.parse(String(answer.body['nextTryAt']))).toBeGreaterThan(Date.now());
    expect((await read(key)).body).toMatchObject({ phase: 'parked', parked: { code: 'QuotaMisMatched' } });

    expect(await call('DELETE', pathOf(key))).toMatchObject({ status: 202, body: { state: 'cancelling' } });
    await reads(key, { status: 'CANCELLED' });
    expect((await read(key)).body['cancelOutcome']).toEqual({ outcome: 'nothingCreated' });
  });

  it('says why a request was refused, and what to do', async () => {
    stack.twin.faults.add({ action: 'CreateVpcEndpoint', effect: { kind: 'code', code: 'VpcNotFound' } });
    const key = newKey();
    const refused = {
      state: 'failed',
      error: {
        type: 'RequestRejected',
        code: 'VpcNotFound',
        requestId: expect.stringMatching(/^[0-9A-F-]{36}$/) as unknown,
        advice: expect.stringMatching(/\S/) as unknown,
        retryable: false,
      },
    };
    expect(await post(key)).toMatchObject({ status: 422, body: refused });
    expect(await read(key)).toMatchObject({ status: 200, body: { status: 'FAILED', ...refused } });
    // The key is free again for the same request.
    expect(await post(key)).toMatchObject({ status: 202, body: { state: 'accepted' } });
  });

  it('removes what a cancelled request has made', async () => {
    const key = newKey();
    const { body } = await post(key);
    expect(await call('DELETE', pathOf(key))).toMatchObject({ status: 202, body: { state: 'cancelling' } });
    await reads(key, { status: 'CANCELLED' });
    expect((await read(key)).body['cancelOutcome']).toEqual({ outcome: 'removed', endpointId: body['EndpointId'] });
    expect(statusOf(String(body['EndpointId']))).toBeUndefined();
  });

  it('removes a ready endpoint', async () => {
    const key = newKey();
    const EndpointId = await ready(key);
    expect(await call('DELETE', pathOf(key))).toMatchObject({ status: 202, body: { state: 'removing', EndpointId } });
    await until('the removal is over', async () => {
      const { removal } = (await read(key)).body as { removal?: { status: string } };
      return removal?.status === 'COMPLETED';
    });
    expect(statusOf(EndpointId)).toBeUndefined();
  });

  it('answers without a worker, and the run goes on when there is one', async () => {
    await stack.worker.kill('SIGTERM');
    const key = newKey();
    expect(await post(key)).toEqual({ status: 202, body: { workflowId: idOf(key), state: 'started' } });
    expect(await read(key)).toMatchObject({ status: 200, body: { status: 'RUNNING' } });
    await stack.worker.restart();
    expect(await post(key)).toMatchObject({ status: 202, body: { state: 'accepted' } });
    expect(endpointsOf(idOf(key))).toHaveLength(1);
  });

  it('reaches no workflow but its own', async () => {
    const client = new Client({ connection: await Connection.connect({ address: stack.temporal.address }) });
    const id = 'order-17';
    await client.workflow.start('provisionVpcEndpoint', {
      workflowId: id,
      taskQueue: 'privatelink',
      args: [{ request: REQUEST }],
    });
    for (const path of [
      `/endpoints/${id}`,
      '/endpoints/endpoints%2F..%2Forder-17',
      '/endpoints/%E0%A4%A',
      '/endpoints/x/y',
    ]) {
      for (const method of ['GET', 'DELETE']) expect(await call(method, path)).toMatchObject({ status: 404 });
    }
    expect((await client.workflow.getHandle(id).describe()).status.name).toBe('RUNNING');
    await client.workflow.getHandle(id).terminate();
    await client.connection.close();
  });

  it('says whether Temporal can be reached', async () => {
    expect(await call('GET', '/healthz')).toEqual({ status: 200, body: { state: 'healthy' } });
    const lost = start(project, 'main.js', {
      PORT: '0',
      TEMPORAL_ADDRESS: `127.0.0.1:${await chooseFreePort()}`,
      ANSWER_WITHIN_MS: '1000',
    });
    const to = await addressOf(lost);
    const unavailable = { status: 503, body: { error: { type: 'Unavailable' } } };
    expect(await call('GET', '/healthz', { to })).toMatchObject(unavailable);
    expect(await call('POST', '/endpoints', { key: newKey(), body: { request: REQUEST }, to })).toMatchObject(
      unavailable,
    );
    lost.kill('SIGTERM');
    expect(await lost.ended).toMatchObject({ code: 0 });
  });
});

describe('the worker of examples/order-environment', () => {
  let project: ExampleProject;
  let worker: RunningProgram;
  let client: Client;

  beforeAll(async () => {
    project = await compileExample('order-environment');
    worker = start(project, 'worker.js');
    client = new Client({ connection: await Connection.connect({ address: stack.temporal.address }) });
  });
  afterAll(async () => {
    await client.connection.close();
    worker.kill('SIGTERM');
    expect(await worker.ended).toMatchObject({ code: 0 });
    await project.remove();
  });

  async function startOrder(workflow: string) {
    const orderId = `o-${++number}`;
    const handle = await client.workflow.start(workflow, {
      workflowId: `order/${orderId}`,
      taskQueue: 'orders',
      args: [{ orderId, request: REQUEST }],
    });
    return { handle, provisionId: `order/${orderId}/endpoint` };
  }

  const isCancelled = { cause: { name: 'CancelledFailure' } };

  it.each(['orderEnvironment', 'orderEnvironmentByNotice'])('gives an order its endpoint: %s', async (workflow) => {
    becomesActiveAfter(SOON_MS);
    const { handle, provisionId } = await startOrder(workflow);
    const result: unknown = await handle.result();
    expect(result).toMatchObject({ state: 'ready', endpointId: endpointsOf(provisionId)[0] });
  });

  it.each(['orderEnvironment', 'orderEnvironmentByNotice', 'order'])(
    'leaves none when the order is cancelled before it is ready: %s',
    async (workflow) => {
      const { handle, provisionId } = await startOrder(workflow);
      await until('the endpoint is made', () => endpointsOf(provisionId).length === 1);
      await handle.cancel();
      await expect(handle.result()).rejects.toMatchObject(isCancelled);
      expect(statusOf(String(endpointsOf(provisionId)[0]))).toBeUndefined();
    },
  );

  it('removes the endpoint of an order that is cancelled later', async () => {
    becomesActiveAfter(SOON_MS);
    const { handle, provisionId } = await startOrder('order');
    await until('the endpoint is made', () => endpointsOf(provisionId).length === 1);
    await client.workflow.getHandle(provisionId).result();
    await handle.cancel();
    await expect(handle.result()).rejects.toMatchObject(isCancelled);
    expect(statusOf(String(endpointsOf(provisionId)[0]))).toBeUndefined();
  });
});
