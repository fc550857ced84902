import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../support/program-process.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
const ci = readFileSync(join(ROOT, '.ci', 'run'), 'utf8');

/** Every command line of the README, in order. */
const commands = [...readme.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block = '']) => block.trim().split('\n'));

/** Run by .ci/run itself: from in here they would run this test again. */
const RUN_BY_CI = ['npm run demo', 'npm test'];
const LOCAL_STACK = 'npm run pvlctl -- dev';

/** The commands of the README, as they stand there, against the stack that it starts. */
describe('the README', () => {
  const home = mkdtempSync(join(tmpdir(), 'pvl-readme-'));
  let stack: ReturnType<typeof start>;

  /** Run a command line in the project's folder, with nothing that could lead it to another server. */
  function start(command: string) {
    const env = Object.fromEntries(
      Object.entries(process.env).filter(
        ([name]) => !/^(TEMPORAL_(?!CLI_PATH)|PVL_(?!CACHE)|ALIBABA|VITEST)/.test(name),
      ),
    );
    const child = spawn('sh', ['-c', `exec ${command}`], { cwd: ROOT, env, detached: true });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    return {
      output: () => output,
      ended,
      interrupt: () => {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGINT');
      },
    };
  }

  beforeAll(async () => {
    stack = start(`${LOCAL_STACK} --db ${join(home, 'temporal.db')} --time-to-active 2s`);
    await until('the local stack runs', () => stack.output().includes('Ctrl-C stops all of it'));
  });
  afterAll(async () => {
    stack.interrupt();
    // npm itself ends by the signal, so its exit code says nothing.
    await stack.ended;
    expect(stack.output()).toContain('Stopping...');
    rmSync(home, { recursive: true, force: true });
  });

  it('names only commands that are run here or by .ci/run', () => {
    for (const command of RUN_BY_CI) {
      expect(commands).toContain(command);
      // With arguments, perhaps: .ci/run asks for a second try.
      expect(ci.split('\n').some((line) => line === command || line.startsWith(`${command} -- `))).toBe(true);
    }
    expect(commands).toContain(LOCAL_STACK);
  });

  it('and each of them works as it stands', async () => {
    const rest = commands.filter((command) => !RUN_BY_CI.includes(command) && command !== LOCAL_STACK);
    expect(rest.length).toBeGreaterThan(2);
    for (const command of rest) {
      const running = start(command);
      expect({ command, code: await running.ended, output: running.output() }).toMatchObject({ code: 0 });
      expect(running.output()).toMatch(/ready|Active|COMPLETED/);
    }
  });
});
