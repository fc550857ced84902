import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { BulkEnd, BulkOptions, BulkRequest } from '../../../src/client/bulk.js';
import { OutageError } from '../../../src/client/bulk-patience.js';
import { ProvisionFailedError, RequestConflictError } from '../../../src/client/errors.js';
import type { RunClient } from '../../../src/cli/command-context.js';
import type { ResultLine } from '../../../src/cli/bulk/result-line.js';
import { DETAILS, INPUT, pvlctl, RESULT, VIEW } from './fixture.js';

const folder = mkdtempSync(join(tmpdir(), 'pvl-bulk-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ids = (count: number) => Array.from({ length: count }, (_, index) => `order-${index}`);
const bulkText = (workflowIds: readonly string[]) =>
  workflowIds.map((workflowId) => `${JSON.stringify({ ...INPUT, workflowId })}\n`).join('');

const failedError = (id: string) =>
  new ProvisionFailedError(id, 'QuotaExceeded', 'the quota is full', DETAILS, undefined);

/** A client whose runs end at once: well, unless `endOf` says otherwise. */
function bulkClient(endOf: (workflowId: string) => Error | 'conflict' | undefined = () => undefined) {
  const asked: { requests: readonly BulkRequest[]; options: BulkOptions }[] = [];
  async function* provisionMany<Request extends BulkRequest>(
    requests: readonly Request[],
    options: BulkOptions = {},
  ): AsyncGenerator<BulkEnd<Request>, void, undefined> {
    asked.push({ requests, options });
    for (const request of requests) {
      if (options.stop?.aborted === true) return;
      const { workflowId = '' } = request;
      const end = endOf(workflowId);
      if (end === 'conflict') {
        yield { request, error: new RequestConflictError(workflowId, ['request.VpcId']) };
        continue;
      }
      const started = { workflowId, runId: `run-of-${workflowId}`, how: 'started' } as const;
      options.onStarted?.(started);
      yield end === undefined ? { request, started, result: RESULT } : { request, started, error: end };
    }
  }
  const client: Partial<RunClient> = { provisionMany, state: async () => VIEW };
  return { client, asked };
}

const linesOf = (text: string) =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as ResultLine);

const FROM_STDIN = ['provision', '--bulk', '-'];

describe('pvlctl provision --bulk', () => {
  test('prints a line for each request and exits with 0 when all are ready', async () => {
    const { client, asked } = bulkClient();
    const { exitCode, stdout, stderr, closed } = await pvlctl(FROM_STDIN, { client, stdin: bulkText(ids(3)) });
    expect(exitCode).toBe(0);
    expect(linesOf(stdout)).toMatchObject(
      ids(3).map((workflowId, index) => ({
        line: index + 1,
        workflowId,
        runId: `run-of-${workflowId}`,
        outcome: 'ready',
        how: 'created',
        EndpointId: 'ep-1',
      })),
    );
    expect(stderr).toBe('3 requests of standard input are right.\n3 of 3 ready');
    expect(asked).toMatchObject([{ options: { window: 200 } }]);
    expect(asked[0]?.requests[0]).toMatchObject({ input: INPUT, priority: { priorityKey: 4 } });
    expect(closed).toBe(1);
  });

  test('one bad line among many: nothing is started, and the line is named', async () => {
    const stdin = `${bulkText(ids(10))}{"request": {}}\n`;
    const { exitCode, stdout, stderr, connections } = await pvlctl(FROM_STDIN, { stdin });
    expect({ exitCode, stdout, connections }).toEqual({ exitCode: 2, stdout: '', connections: [] });
    expect(stderr).toMatch(
      /^pvlctl: InvalidInput: standard input has \d+ problems in 1 line; nothing was started:\n- line 11: /,
    );
  });

  test('exits as the first line that is not ready would, whichever ended first, and tells each', async () => {
    const { client } = bulkClient((id) =>
      id === 'order-1' ? failedError(id) : id === 'order-2' ? 'conflict' : undefined,
    );
    const { exitCode, stdout, stderr } = await pvlctl(FROM_STDIN, { client, stdin: bulkText(ids(4)) });
    expect(exitCode).toBe(5);
    expect(linesOf(stdout)).toMatchObject([
      { outcome: 'ready' },
      { outcome: 'failed', failure: { type: 'QuotaExceeded', code: 'QuotaMisMatched', message: 'the quota is full' } },
      { outcome: 'refused', failure: { type: 'RequestConflict' } },
      { outcome: 'ready' },
    ]);
    expect(linesOf(stdout)[2]).not.toHaveProperty('runId');
    expect(stderr).toContain('2 of 4 ready, 2 failed');
  });

  test('--results appends to the file; the same again skips what it holds as ready', async () => {
    const results = join(folder, 'results.jsonl');
    const args = [...FROM_STDIN, '--results', results];
    const first = bulkClient((id) => (id === 'order-1' ? failedError(id) : undefined));
    const once = await pvlctl(args, { client: first.client, stdin: bulkText(ids(3)) });
    expect(once).toMatchObject({ exitCode: 5, stdout: '' });
    const second = bulkClient();
    const again = await pvlctl(args, { client: second.client, stdin: bulkText(ids(3)) });
    expect(again.exitCode).toBe(0);
    expect(second.asked[0]?.requests.map(({ workflowId }) => workflowId)).toEqual(['order-1']);
    expect(again.stderr).toContain(`${results} holds 2 of them as ready, which are skipped.`);
    expect(again.stderr).toContain('3 of 3 ready');
    expect(linesOf(readFileSync(results, 'utf8')).map(({ workflowId }) => workflowId)).toEqual([...ids(3), 'order-1']);
    const third = await pvlctl(args, { stdin: bulkText(ids(3)) });
    expect(third).toMatchObject({ exitCode: 0, connections: [] });
  });

  test('a request that was changed under the same id is not skipped', async () => {
    const results = join(folder, 'changed.jsonl');
    const args = [...FROM_STDIN, '--results', results];
    await pvlctl(args, { client: bulkClient().client, stdin: bulkText(ids(1)) });
    const { client, asked } = bulkClient(() => 'conflict');
    const changed = JSON.stringify({ request: { ...INPUT.request, VpcId: 'vpc-2' }, workflowId: 'order-0' });
    expect(await pvlctl(args, { client, stdin: changed })).toMatchObject({ exitCode: 6 });
    expect(asked).toHaveLength(1);
  });

  test('a torn last line counts for nothing, and the next line begins anew', async () => {
    const results = join(folder, 'torn.jsonl');
    const args = [...FROM_STDIN, '--results', results];
    await pvlctl(args, { client: bulkClient().client, stdin: bulkText(ids(2)) });
    writeFileSync(results, readFileSync(results, 'utf8').slice(0, -20));
    const { client, asked } = bulkClient();
    const { exitCode, stderr } = await pvlctl(args, { client, stdin: bulkText(ids(2)) });
    expect(exitCode).toBe(0);
    expect(stderr).toContain(`note: 1 torn line of ${results} counts for nothing.`);
    expect(asked[0]?.requests.map(({ workflowId }) => workflowId)).toEqual(['order-1']);
    const whole = readFileSync(results, 'utf8').split('\n');
    expect(JSON.parse(whole[2] ?? '')).toMatchObject({ workflowId: 'order-1', outcome: 'ready' });
  });

  test('a file that holds something else is not written to', async () => {
    const results = join(folder, 'requests.jsonl');
    writeFileSync(results, bulkText(ids(2)));
    const { exitCode, stderr, connections } = await pvlctl([...FROM_STDIN, '--results', results], {
      stdin: bulkText(ids(2)),
    });
    expect({ exitCode, connections }).toEqual({ exitCode: 2, connections: [] });
    expect(stderr).toContain('line 1 is no result of a bulk');
    expect(readFileSync(results, 'utf8')).toBe(bulkText(ids(2)));
  });

  test('a bad bulk file leaves no results file behind', async () => {
    const results = join(folder, 'never.jsonl');
    await pvlctl([...FROM_STDIN, '--results', results], { stdin: '{}' });
    expect(existsSync(results)).toBe(false);
  });

  test('Ctrl-C stops starting, says what goes on and how to go on, and exits with 130', async () => {
    let send: () => void = () => undefined;
    const { client, asked } = bulkClient((id) => {
      if (id === 'order-2') send();
      return undefined;
    });
    const machine = { client, stdin: bulkText(ids(10)), onListening: (interrupt: () => void) => (send = interrupt) };
    const { exitCode, stdout, stderr } = await pvlctl(FROM_STDIN, machine);
    expect(exitCode).toBe(130);
    expect(asked[0]?.options.stop?.aborted).toBe(true);
    expect(linesOf(stdout)).toHaveLength(3);
    expect(stderr).toContain('Interrupted. 3 of 10 ready, 7 not started.');
    expect(stderr).toContain('0 runs go on by themselves; 7 requests were not started. Nothing was cancelled.');
    expect(stderr).toContain('give the same command again');
  });

  test('a server that is gone ends it with its own exit code, and says what is left', async () => {
    const provisionMany: RunClient['provisionMany'] = async function* (requests, options) {
      const [request] = requests;
      options?.onStarted?.({ workflowId: 'order-0', runId: 'run-1', how: 'started' });
      if (request === undefined) yield* [];
      throw new OutageError(new Error('the server is gone'));
    };
    const { exitCode, stderr } = await pvlctl(FROM_STDIN, { client: { provisionMany }, stdin: bulkText(ids(2)) });
    expect(exitCode).toBe(69);
    expect(stderr).toContain('Stopped. 0 of 2 ready, 1 under way, 1 not started.');
    expect(stderr).toContain('1 run goes on by itself; 1 request was not started.');
    expect(stderr).toContain('the server is gone');
  });

  test('priority, window, account and dry run reach the client', async () => {
    const { client, asked } = bulkClient();
    const flags = ['--priority-key', '5', '--fairness-key', 'tenant-1', '--fairness-weight', '0.5', '--window', '7'];
    const args = [...FROM_STDIN, ...flags, '--account', 'prod', '--dry-run'];
    await pvlctl(args, { client, stdin: bulkText(ids(1)) });
    expect(asked).toMatchObject([
      {
        options: { window: 7 },
        requests: [
          {
            input: { account: 'prod', request: { DryRun: true } },
            priority: { priorityKey: 5, fairnessKey: 'tenant-1', fairnessWeight: 0.5 },
          },
        ],
      },
    ]);
  });

  test.each([
    { args: ['--bulk', '-', '-f', 'x.json'], says: '--bulk takes no --file' },
    {
      args: ['--bulk', '-', '--id', 'order-1', '--restart', '--no-wait'],
      says: '--bulk takes no --id, --restart, --no-wait',
    },
    { args: ['-f', '-', '--results', 'x'], says: '--results and --window are for --bulk' },
    { args: ['-f', '-', '--window', '7'], says: '--results and --window are for --bulk' },
    { args: ['--bulk', '-', '--window', '0'], says: 'Expected a whole number from 1 to 10000' },
    { args: ['-f', '-', '--priority-key', '6'], says: 'Expected a whole number from 1, which goes first, to 5' },
    { args: ['-f', '-', '--priority-key', '1.5'], says: 'Expected a whole number' },
    { args: ['-f', '-', '--fairness-key', ''], says: 'Expected 1 to 64 bytes' },
    { args: ['-f', '-', '--fairness-weight', '2000'], says: 'Expected a number from 0.001 to 1000' },
  ])('$args is refused before anything starts', async ({ args, says }) => {
    const { exitCode, stderr, connections } = await pvlctl(['provision', ...args], { stdin: bulkText(ids(1)) });
    expect({ exitCode, connections }).toEqual({ exitCode: 2, connections: [] });
    expect(stderr).toContain(says);
  });
});
