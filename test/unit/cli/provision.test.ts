import { describe, expect, test, vi } from 'vitest';
import { ProvisionCancelledError, ProvisionFailedError, RequestConflictError } from '../../../src/client/errors.js';
import { provisionWorkflowId } from '../../../src/client/workflow-id.js';
import type { RunClient } from '../../../src/cli/command-context.js';
import { TemporalConnectionError } from '../../../src/temporal/connection-errors.js';
import { DETAILS, INPUT, pvlctl, RESULT, STARTED, VIEW } from './fixture.js';

const stdin = JSON.stringify(INPUT);
const FROM_STDIN = ['provision', '-f', '-'];

/** A client whose run ends at once and well. */
function readyClient(how: 'started' | 'joined' | 'finished' = 'started') {
  return {
    start: vi.fn<RunClient['start']>(async (input, { workflowId } = {}) => ({
      ...STARTED,
      how,
      workflowId: workflowId ?? provisionWorkflowId(input),
    })),
    result: vi.fn<RunClient['result']>(async () => RESULT),
    state: vi.fn<RunClient['state']>(async () => VIEW),
  };
}

const never = () => new Promise<never>(() => undefined);

describe('pvlctl provision', () => {
  test('starts the run, waits for it and prints the result alone on standard output', async () => {
    const client = readyClient();
    const { exitCode, stdout, stderr, closed } = await pvlctl([...FROM_STDIN, '--id', 'order-17'], { client, stdin });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^outcome .*created\n[^]*workflow id +order-17$/);
    expect(stderr).toBe('Started the run order-17 (run id run-1).');
    expect(client.start).toHaveBeenCalledExactlyOnceWith(INPUT, { workflowId: 'order-17', restart: false });
    expect(client.result).toHaveBeenCalledExactlyOnceWith('order-17');
    expect(closed).toBe(1);
  });

  test('with -o json prints one object on one line', async () => {
    const { stdout } = await pvlctl([...FROM_STDIN, '-o', 'json'], { client: readyClient(), stdin });
    expect(stdout.split('\n')).toHaveLength(1);
    expect(JSON.parse(stdout)).toEqual({ workflowId: provisionWorkflowId(INPUT), ...RESULT });
  });

  test('with --no-wait prints the ids and does not ask for the result', async () => {
    const client = readyClient();
    const { exitCode, stdout } = await pvlctl([...FROM_STDIN, '--no-wait', '-o', 'json'], { client, stdin });
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ runId: 'run-1', how: 'started' });
    expect(client.result).not.toHaveBeenCalled();
  });

  test.each([
    { how: 'joined', says: 'which is under way' },
    { how: 'finished', says: 'ended ready before' },
  ] as const)('says when the run was not started but $how', async ({ how, says }) => {
    const { stderr } = await pvlctl(FROM_STDIN, { client: readyClient(how), stdin });
    expect(stderr).toContain(says);
  });

  test('--restart reaches the client', async () => {
    const client = readyClient();
    await pvlctl([...FROM_STDIN, '--restart'], { client, stdin });
    expect(client.start.mock.lastCall?.[1]).toMatchObject({ restart: true });
  });

  test('--dry-run makes a dry run of the input, whose id is another one', async () => {
    const client = readyClient();
    const { exitCode, stderr } = await pvlctl([...FROM_STDIN, '--dry-run'], { client, stdin });
    expect(exitCode).toBe(0);
    expect(client.start.mock.lastCall?.[0].request).toEqual({ ...INPUT.request, DryRun: true });
    expect(client.result.mock.lastCall?.[0]).toMatch(/^dry-run\//);
    expect(stderr).not.toContain('note:');
  });

  test.each([
    { DryRun: false, notes: 1 },
    { DryRun: true, notes: 0 },
  ])('--dry-run wins over "DryRun": $DryRun of the input, and says so where they differ', async ({ DryRun, notes }) => {
    const client = readyClient();
    const given = JSON.stringify({ request: { ...INPUT.request, DryRun } });
    const { stderr } = await pvlctl([...FROM_STDIN, '--dry-run'], { client, stdin: given });
    expect(client.start.mock.lastCall?.[0].request.DryRun).toBe(true);
    expect(stderr.match(/--dry-run wins over "DryRun": false/g) ?? []).toHaveLength(notes);
  });

  test.each(['[]', '7', '{}', '{"request": 7}', JSON.stringify(INPUT.request)])(
    '--dry-run makes no input of what is none: %s',
    async (given) => {
      const { exitCode, stderr, connections } = await pvlctl([...FROM_STDIN, '--dry-run'], { stdin: given });
      expect(exitCode).toBe(2);
      expect(stderr).toContain('InvalidInput');
      expect(connections).toEqual([]);
    },
  );

  test('says once that an id is a hash when the request has no name', async () => {
    const request = { ...INPUT.request, EndpointName: undefined };
    const unnamed = await pvlctl(FROM_STDIN, { client: readyClient(), stdin: JSON.stringify({ request }) });
    expect(unnamed.stderr.match(/hash of the request, because it has no EndpointName/g)).toHaveLength(1);
    const named = await pvlctl(FROM_STDIN, { client: readyClient(), stdin });
    expect(named.stderr).not.toContain('hash');
  });

  test('does not speak of a hash when the id was given', async () => {
    const id = `provision/default/cn-huhehaote/${'a'.repeat(32)}`;
    const { stderr } = await pvlctl([...FROM_STDIN, '--id', id], { client: readyClient(), stdin });
    expect(stderr).not.toContain('hash');
  });

  test('--account and --task-queue are used, the queue of the environment otherwise', async () => {
    const client = readyClient();
    const args = [...FROM_STDIN, '--account', 'prod', '--task-queue', 'mine'];
    const { connections } = await pvlctl(args, { client, stdin });
    expect(client.start.mock.lastCall?.[0]).toMatchObject({ account: 'prod' });
    expect(connections).toMatchObject([{ taskQueue: 'mine' }]);
    const other = await pvlctl(FROM_STDIN, { client, stdin, env: { PVL_TASK_QUEUE: 'theirs' } });
    expect(other.connections).toMatchObject([{ taskQueue: 'theirs' }]);
    const usual = await pvlctl(FROM_STDIN, { client, stdin });
    expect(usual.connections).toMatchObject([{ taskQueue: 'privatelink' }]);
  });

  test('an account that contradicts the input is refused', async () => {
    const contradiction = JSON.stringify({ ...INPUT, account: 'test' });
    const { exitCode, connections } = await pvlctl([...FROM_STDIN, '--account', 'prod'], { stdin: contradiction });
    expect(exitCode).toBe(2);
    expect(connections).toEqual([]);
  });

  test('warnings of the client go to standard error', async () => {
    const { stderr } = await pvlctl(FROM_STDIN, { client: readyClient(), stdin, warning: 'No worker polls' });
    expect(stderr).toMatch(/^warning: No worker polls$/m);
  });
});

describe('progress', () => {
  test('is drawn on a terminal, and cleared before the result', async () => {
    const client = {
      ...readyClient(),
      result: () => new Promise<typeof RESULT>((end) => setTimeout(() => end(RESULT), 20)),
    };
    const { drawn } = await pvlctl([...FROM_STDIN, '--id', 'order-17'], { client, stdin, isTerminal: true });
    expect(drawn[0]).toMatch(/^waiting \| 10s \| attempts 2 \| ep-1 \| Creating\/Disconnected/);
    expect(drawn.at(-1)).toBe('');
  });

  test('is not asked for where standard error is no terminal', async () => {
    const client = readyClient();
    await pvlctl(FROM_STDIN, { client, stdin });
    expect(client.state).not.toHaveBeenCalled();
  });

  test('goes on when a look fails', async () => {
    const client = {
      ...readyClient(),
      state: () => Promise.reject(new Error('no answer')),
      result: () => new Promise<typeof RESULT>((end) => setTimeout(() => end(RESULT), 20)),
    };
    const { exitCode } = await pvlctl(FROM_STDIN, { client, stdin, isTerminal: true });
    expect(exitCode).toBe(0);
  });
});

describe('bad input', () => {
  test.each([
    { what: 'flat parameters', text: JSON.stringify(INPUT.request), says: 'wrap these in "request": RegionId, VpcId' },
    { what: 'no JSON', text: '{"request": ', says: 'line 1, column 13' },
    { what: 'a list', text: '[]', says: 'got a list' },
    { what: 'nothing', text: '', says: 'nothing in it' },
  ])('$what is refused with exit code 2, and nothing is asked of a server', async ({ text, says }) => {
    const { exitCode, stdout, stderr, connections } = await pvlctl(FROM_STDIN, { stdin: text });
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^pvlctl: InvalidInput: /);
    expect(stderr).toContain(says);
    expect(stdout).toBe('');
    expect(connections).toEqual([]);
  });

  test('all problems are listed at once with their paths, as JSON too', async () => {
    const text = JSON.stringify({ request: { ...INPUT.request, VpcID: 'x', EndpointName: 7 }, untill: 'Active' });
    const { exitCode, stdout, stderr } = await pvlctl([...FROM_STDIN, '-o', 'json'], { stdin: text });
    expect(exitCode).toBe(2);
    const { error } = JSON.parse(stdout) as { error: { details: { problems: { path: string }[] } } };
    const paths = error.details.problems.map(({ path }) => path);
    expect(paths).toEqual(expect.arrayContaining(['request.VpcID', 'request.EndpointName', 'untill']));
    for (const path of paths) expect(stderr).toContain(`- ${path}: `);
  });
});

describe('runs that end otherwise', () => {
  test('a typed failure: text on standard error, nothing on standard output', async () => {
    const error = new ProvisionFailedError('order-17', 'QuotaExceeded', 'refused', DETAILS, undefined);
    const client = { ...readyClient(), result: () => Promise.reject(error) };
    const { exitCode, stdout, stderr } = await pvlctl(FROM_STDIN, { client, stdin });
    expect(exitCode).toBe(5);
    expect(stdout).toBe('');
    expect(stderr).toContain('pvlctl: QuotaExceeded: refused\nadvice: Ask for a higher quota.');
    expect(stderr).not.toContain('The run goes on');
  });

  test('with -o json the failure is one object on standard output', async () => {
    const error = new ProvisionCancelledError('order-17', { outcome: 'kept', endpointId: 'ep-1' }, undefined);
    const client = { ...readyClient(), result: () => Promise.reject(error) };
    const { exitCode, stdout } = await pvlctl([...FROM_STDIN, '-o', 'json'], { client, stdin });
    expect(exitCode).toBe(9);
    expect(JSON.parse(stdout)).toMatchObject({
      error: { type: 'Cancelled', details: { outcome: 'kept', endpointId: 'ep-1' } },
      workflowId: 'order-17',
    });
  });

  test('another request under the id exits with 6 and closes the connection', async () => {
    const client = { start: () => Promise.reject(new RequestConflictError('order-17', ['request.VpcId'])) };
    const { exitCode, stderr, closed } = await pvlctl(FROM_STDIN, { client, stdin });
    expect(exitCode).toBe(6);
    expect(stderr).toContain('request.VpcId');
    expect(closed).toBe(1);
  });

  test('a server that is lost while waiting exits with 69 and says how to go on', async () => {
    const target = { address: '127.0.0.1:1', namespace: 'default', tls: false };
    const lost = new TemporalConnectionError('lost', 'unreachable', target, undefined);
    const client = { ...readyClient(), result: () => Promise.reject(lost) };
    const { exitCode, stderr } = await pvlctl([...FROM_STDIN, '--id', 'order-17'], { client, stdin });
    expect(exitCode).toBe(69);
    expect(stderr).toContain('pvlctl result order-17');
  });
});

describe('Ctrl-C', () => {
  test('detaches: says how to attach and how to cancel, cancels nothing, exits with 130', async () => {
    const cancel = vi.fn<RunClient['cancel']>();
    const client = { ...readyClient(), cancel, result: never };
    const interrupt = (send: () => void) => setTimeout(send, 10);
    const args = [...FROM_STDIN, '--id', 'order 17'];
    const { exitCode, stdout, stderr, closed } = await pvlctl(args, { client, stdin, onListening: interrupt });
    expect(exitCode).toBe(130);
    expect(stdout).toBe('');
    expect(stderr).toContain("pvlctl result 'order 17'");
    expect(stderr).toContain("pvlctl cancel 'order 17'");
    expect(cancel).not.toHaveBeenCalled();
    expect(closed).toBe(1);
  });
});
