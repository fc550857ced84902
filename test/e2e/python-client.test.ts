import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLocalStack, type LocalStack } from '../../src/cli/local-stack.js';
import { retryNowUpdate } from '../../src/contract/messages.js';
import { WORKFLOW_TAG } from '../../src/model/owner-tags.js';
import { cacheDirectory } from '../../src/temporal/binary-cache.js';
import { ask, installPythonPackages, say } from '../support/install-once.js';
import { startCommand, until } from '../support/program-process.js';

const EXAMPLE = fileURLToPath(new URL('../../examples/python-client/', import.meta.url));
const OLDEST_PYTHON = [3, 11] as const;
const HOUR_MS = 3_600_000;

const python = await usablePython();
if (python.problem !== undefined) say(`${python.problem}: examples/python-client is NOT RUN.`);

/** What `python3 -VV` says, where there is one that is new enough and has pip; else what is missing. */
async function usablePython(): Promise<{ readonly version: string; readonly problem?: string }> {
  const version = await ask('python3', ['-VV']);
  if (version.exitCode !== 0) return { version: '', problem: 'There is no python3 here' };
  const [, major, minor] = /^Python (\d+)\.(\d+)/.exec(version.stdout) ?? [];
  const [wantedMajor, wantedMinor] = OLDEST_PYTHON;
  if (Number(major) !== wantedMajor || Number(minor) < wantedMinor)
    return { version: version.stdout, problem: `python3 is older than ${OLDEST_PYTHON.join('.')}` };
  const pip = await ask('python3', ['-m', 'pip', '--version']);
  return { version: version.stdout, ...(pip.exitCode === 0 ? {} : { problem: 'python3 has no pip' }) };
}

describe.skipIf(python.problem !== undefined)('the Python client of examples/python-client', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pvl-python-'));
  let pythonPath: string;
  let stack: LocalStack;
  let connection: Connection;
  let number = 0;

  beforeAll(async () => {
    const cache = join(cacheDirectory(process.env, homedir()), 'examples', 'python');
    pythonPath = await installPythonPackages(python.version, join(EXAMPLE, 'requirements.txt'), cache);
    stack = await startLocalStack({
      timeToActive: { afterMs: HOUR_MS },
      workerFile: fileURLToPath(new URL('../../lib/worker.js', import.meta.url)),
      log: () => undefined,
    });
    connection = await Connection.connect({ address: stack.temporal.address });
  }, 600_000);
  afterAll(async () => {
    await connection.close();
    await stack.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Start the client for a request that no other test asks for. */
  function provision(id = `python/${++number}`, change: Record<string, unknown> = {}) {
    const file = join(folder, 'input.json');
    const request = {
      RegionId: 'cn-huhehaote',
      VpcId: 'vpc-1',
      ServiceId: 'epsrv-1',
      SecurityGroupId: ['sg-1'],
      Zone: [{ ZoneId: 'cn-huhehaote-b', VSwitchId: 'vsw-1' }],
      ...change,
    };
    writeFileSync(file, JSON.stringify({ request }));
    const running = startCommand('python3', [join(EXAMPLE, 'provision.py'), file, id], {
      cwd: folder,
      env: {
        PATH: process.env['PATH'],
        HOME: folder,
        PYTHONPATH: pythonPath,
        PYTHONDONTWRITEBYTECODE: '1',
        TEMPORAL_ADDRESS: stack.temporal.address,
      },
    });
    return { ...running, id };
  }

  /** The lines that a client has printed, as JSON. */
  const lines = (stdout: string) =>
    stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as unknown);

  /** The first line, while the client waits for the end of the run. */
  async function answer({ stdout, stderr }: ReturnType<typeof provision>): Promise<unknown> {
    await until(`the client prints the answer: ${stderr()}`, () => stdout().includes('\n'));
    return lines(stdout())[0];
  }

  const endpointsOf = (id: string) => stack.twin.journal.endpointsMade({ Key: WORKFLOW_TAG, Value: id });

  it('has the id of the endpoint long before it is Active, and then the result', async () => {
    const running = provision();
    const accepted = await answer(running);
    const [EndpointId] = endpointsOf(running.id);
    expect(accepted).toEqual({ state: 'accepted', EndpointId, outcome: 'created' });
    expect(stack.twin.engine.inspect()).toContainEqual(
      expect.objectContaining({ EndpointId, EndpointStatus: 'Creating' }),
    );

    stack.twin.advance(HOUR_MS);
    const { code, stdout, stderr } = await running.ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(lines(stdout)[1]).toMatchObject({ outcome: 'created', endpoint: { EndpointId, EndpointStatus: 'Active' } });
  });

  it('joins the run of its id, and has the result of one that ended ready', async () => {
    const first = provision();
    const second = provision(first.id);
    expect(await answer(second)).toEqual(await answer(first));
    stack.twin.advance(HOUR_MS);
    const { stdout } = await first.ended;
    expect((await second.ended).stdout).toBe(stdout);

    const third = await provision(first.id).ended;
    expect(third.code).toBe(0);
    expect(lines(third.stdout)).toEqual([{ state: 'finished' }, lines(stdout)[1]]);
    expect(endpointsOf(first.id)).toHaveLength(1);
  });

  it('is told that the run is parked, and waits with it', async () => {
    stack.twin.faults.add({ action: 'CreateVpcEndpoint', effect: { kind: 'code', code: 'QuotaMisMatched' } });
    const running = provision();
    expect(await answer(running)).toMatchObject({ state: 'parked', code: 'QuotaMisMatched' });
    const handle = new Client({ connection }).workflow.getHandle(running.id);
    await handle.executeUpdate(retryNowUpdate);
    await until('the endpoint is made', () => endpointsOf(running.id).length === 1);
    stack.twin.advance(HOUR_MS);
    expect(await running.ended).toMatchObject({ code: 0, stderr: '' });
  });

  it('reads type and details of a failure', async () => {
    stack.twin.faults.add({ action: 'CreateVpcEndpoint', effect: { kind: 'code', code: 'VpcNotFound' } });
    const { code, stdout, stderr } = await provision().ended;
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    const [ended, failed] = lines(stdout);
    expect(ended).toMatchObject({ state: 'ended', outcome: 'failed', failure: { type: 'RequestRejected' } });
    expect(failed).toMatchObject({
      error: { type: 'RequestRejected', details: { code: 'VpcNotFound', endpointMayExist: false, retryable: false } },
    });
  });

  it('lists every problem of an input', async () => {
    const { code, stdout } = await provision(undefined, { VpcId: undefined, Zone: 'b' }).ended;
    expect(code).toBe(1);
    const problems = [{ path: 'request.VpcId' }, { path: 'request.Zone' }];
    expect(lines(stdout)[1]).toMatchObject({ error: { type: 'InvalidInput', details: { problems } } });
  });
});
