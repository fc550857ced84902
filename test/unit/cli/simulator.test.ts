import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { stringify } from 'yaml';
import { readStart } from '../../../src/cli/commands/simulator-start.js';
import { DEFAULT_ACCOUNT, parseWorld, SWITCHES } from '../../../src/simulator/index.js';
import { chooseFreePort } from '../../../src/temporal/free-port.js';
import { EVERY_EFFECT } from '../simulator/twin/every-effect.js';
import { pvlctl } from './fixture.js';

const EMPTY = (async function* (): AsyncGenerator<string> {})();
const ACCOUNT = { accessKeyId: 'mine', accessKeySecret: 'hush', accountId: '2' };
const WORLD = { vpcs: [{ VpcId: 'vpc-of-the-file' }] };

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pvl-simulator-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function written(name: string, value: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof value === 'string' ? value : stringify(value));
  return path;
}

/** Run the command, look at it while it serves, and end it. */
async function serving<Seen>(args: readonly string[], look: () => Promise<Seen>) {
  let seen: Seen | undefined;
  let failure: unknown;
  const onListening = (send: () => void) => {
    look()
      .then((found) => {
        seen = found;
      })
      .catch((error: unknown) => {
        failure = error;
      })
      .finally(send);
  };
  const printed = await pvlctl(['simulator', ...args], { onListening });
  if (failure !== undefined) throw failure as Error;
  return { ...printed, seen };
}

describe('pvlctl simulator', () => {
  test('serves a scenario, and does not print the keys of it', async () => {
    const [port, control] = [await chooseFreePort(), await chooseFreePort()];
    const faults = [{ id: 'storm', action: '*', probability: 0.2, effect: { kind: 'resetBefore' } }];
    const scenario = written('storm.yaml', { faults, accounts: [ACCOUNT], settings: { deleteMs: 7 } });
    const args = ['--port', String(port), '--control', String(control), '--scenario', scenario];
    const { exitCode, stdout, stderr, seen } = await serving(args, async () => {
      const get = async (path: string) => (await fetch(`http://127.0.0.1:${control}${path}`)).json();
      const answer = await fetch(`http://127.0.0.1:${port}/?Action=ListVpcEndpoints`);
      return { faults: await get('/faults'), settings: await get('/settings'), status: answer.status };
    });
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(seen).toMatchObject({
      faults: { faults },
      settings: { settings: { deleteMs: 7, timeToActive: { afterMs: 20_000 } } },
      status: 400,
    });
    expect(stdout).toContain(`http://127.0.0.1:${control}`);
    expect(stdout).toMatch(/^Credentials +those of the scenario$/m);
    expect(stdout).not.toContain('hush');
  });

  test('opens no control port unless asked, and any free one when none is named', async () => {
    const port = String(await chooseFreePort());
    expect((await serving(['--port', port], async () => undefined)).stdout).not.toContain('Control');
    const { stdout } = await serving(['--port', port, '--control'], async () => undefined);
    expect(stdout).toMatch(/^Control +http:\/\/127\.0\.0\.1:\d+$/m);
    const same = await serving(
      ['--port', port, '--control-port', String(await chooseFreePort())],
      async () => undefined,
    );
    expect(same.stdout).toContain('Control');
  });

  test('serves HTTPS, too, and writes the certificate where it is asked to', async () => {
    const caFile = join(folder, 'ca.pem');
    const args = ['--port', String(await chooseFreePort()), '--https', '--ca-file', caFile];
    const { stdout, seen } = await serving(args, async () => readFileSync(caFile, 'utf8'));
    expect(stdout).toMatch(/^HTTPS +https:\/\/127\.0\.0\.1:\d+$/m);
    expect(stdout).toContain(caFile);
    expect(seen).toContain('BEGIN CERTIFICATE');
  });

  test('--switches lists every switch with its default and serves nothing', async () => {
    const onListening = vi.fn();
    const { exitCode, stdout } = await pvlctl(['simulator', '--switches'], { onListening });
    expect([exitCode, onListening.mock.calls]).toEqual([0, []]);
    for (const [name, { default: position, says }] of Object.entries(SWITCHES)) {
      expect(stdout).toMatch(new RegExp(`^${name} = ${position}\\b`, 'm'));
      expect(stdout).toContain(says);
    }
    expect(stdout).toContain('deleteWhileDeleting = refused (or accepted)');
  });

  test.each<[reason: string, args: () => readonly string[], says: readonly string[]]>([
    [
      'mistakes in a scenario, all of them',
      () => ['--scenario', written('wrong.yaml', { seed: 'x', faults: [{ action: '*' }], colour: 1 })],
      ['wrong.yaml is no scenario', '- seed: expected', '- faults[0].effect: is missing', '- scenario: has no colour'],
    ],
    ['what is no YAML', () => ['--scenario', written('no.yaml', 'a: [')], ['no.yaml is no YAML: line 1']],
    ['a missing file', () => ['--scenario', join(folder, 'none.yaml')], ['none.yaml: there is no such file']],
    ['a mistake in a world', () => ['--world', written('world.yaml', { planets: [] })], ['world.yaml', 'planets']],
    ['a seed that is none', () => ['--seed', 'x'], ['--seed']],
    ['a control port that is none', () => ['--control', 'x'], ['--control']],
    ['two control ports', () => ['--control', '9001', '--control-port', '9002'], ['--control-port']],
    ['a file for a certificate that nobody makes', () => ['--ca-file', 'ca.pem'], ['--https']],
  ])('refuses %s with 2, and opens no port', async (_, args, says) => {
    const onListening = vi.fn();
    const { exitCode, stdout, stderr } = await pvlctl(['simulator', ...args()], { onListening });
    expect([exitCode, stdout, onListening.mock.calls]).toEqual([2, '', []]);
    for (const text of says) expect(stderr).toContain(text);
    expect(stderr).not.toContain('hush');
  });
});

describe('what a simulator starts with', () => {
  test('is the scenario, with the options before it', async () => {
    const settings = { timeToActive: { afterMs: 1 }, deleteMs: 2 };
    const scenario = written('full.yaml', { world: { vpcs: [] }, settings, seed: 3 });
    expect(await readStart({ scenario }, EMPTY)).toEqual({
      settings: { ...settings, world: parseWorld({ vpcs: [] }) },
      seed: 3,
    });
    const world = written('world.json', JSON.stringify(WORLD));
    expect(await readStart({ scenario, world, seed: 4, timeToActive: 5 }, EMPTY)).toEqual({
      settings: { timeToActive: { afterMs: 5 }, deleteMs: 2, world: parseWorld(WORLD) },
      seed: 4,
    });
  });

  test('is the usual, where nothing is said', async () => {
    expect(await readStart({}, EMPTY)).toEqual({ settings: { timeToActive: { afterMs: 20_000 } } });
  });

  test('can be what the documentation shows', async () => {
    const page = readFileSync(new URL('../../../docs/simulator.md', import.meta.url), 'utf8');
    const [, shown = ''] = /```yaml\n(.*?)```/s.exec(page) ?? [];
    const start = await readStart({ scenario: written('shown.yaml', shown) }, EMPTY);
    expect([start.seed, start.faults?.length, start.accounts]).toEqual([7, 3, [DEFAULT_ACCOUNT]]);
  });

  test('has every kind of effect that a file of YAML names', async () => {
    const faults = Object.values(EVERY_EFFECT);
    const start = await readStart({ scenario: written('all.yaml', { faults }) }, EMPTY);
    expect(start.faults).toEqual(faults);
  });
});
