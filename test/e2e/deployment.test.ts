import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SEARCH_ATTRIBUTES } from '../../src/contract/search-attributes.js';
import { startDevServer, type DevServer } from '../../src/temporal/dev-server.js';
import { findTemporalBinary } from '../../src/temporal/find-binary.js';
import { chooseFreePort } from '../../src/temporal/free-port.js';
import { composeProblems, type ComposeModel, type ComposeService } from '../support/compose-model.js';
import { deploymentTools, type DeploymentTools } from '../support/deployment-tools.js';
import { until } from '../support/program-process.js';

/*
 * The deployment files with the real docker compose and hadolint, and what the Dockerfile does, done on this machine. There is
 * no container engine here, and no registry: docs/containers.md says what that leaves unproven.
 */

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const COMPOSE_FILE = join(ROOT, 'docker-compose.yml');
const DOCKERFILE = join(ROOT, 'Dockerfile');
const run = promisify(execFile);

let tools: DeploymentTools;
let folder: string;

beforeAll(async () => {
  tools = await deploymentTools();
  folder = await mkdtemp(join(tmpdir(), 'pvl-deployment-'));
}, 300_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('docker-compose.yml', () => {
  let text: string;
  let model: ComposeModel;

  const modelOf = async (file: string): Promise<ComposeModel> => {
    const { stdout } = await run(tools.compose, ['-f', file, '--profile', '*', 'config', '--format', 'json']);
    return JSON.parse(stdout) as ComposeModel;
  };
  const refusalOf = async (changed: string): Promise<string> => {
    const file = join(folder, 'changed.yml');
    await writeFile(file, changed);
    const refused = await run(tools.compose, ['-f', file, 'config', '-q']).catch((error: unknown) => error);
    if (!(refused instanceof Error)) throw new Error('docker compose takes it');
    return refused.message;
  };

  beforeAll(async () => {
    text = await readFile(COMPOSE_FILE, 'utf8');
    model = await modelOf(COMPOSE_FILE);
  });

  it('is taken by docker compose, without a warning', async () => {
    const { stdout, stderr } = await run(tools.compose, ['-f', COMPOSE_FILE, '--profile', '*', 'config', '-q']);
    expect(stdout + stderr).toBe('');
  });

  it.each([
    ['a condition that there is not', 'service_completed_successfully', 'service_completed', /service_completed/],
    ['a service that there is not', 'depends_on: { postgresql:', 'depends_on: { postgres:', /undefined service/],
    ['an unknown key', 'restart: unless-stopped', 'restarts: unless-stopped', /restarts/],
    ['a grace period without a unit', 'stop_grace_period: 30s', 'stop_grace_period: 30x', /30x/],
  ])('is refused with %s', async (_, right, wrong, reason) => {
    expect(text).toContain(right);
    expect(await refusalOf(text.replaceAll(right, wrong))).toMatch(reason);
  });

  it('has nothing that fails once it is up', () => {
    expect(composeProblems(model)).toEqual([]);
  });

  it.each([
    ['temporal', { healthcheck: undefined }, 'namespace: temporal has no health check to wait for'],
    ['schema', { restart: 'always' }, 'temporal: schema never ends'],
    ['ui', { restart: 'sometimes' }, 'ui: "sometimes" is no restart policy'],
    ['ui', { restart: undefined }, 'ui: nothing starts it again'],
    ['ui', { image: 'temporalio/ui:latest' }, 'ui: its image temporalio/ui:latest has no version'],
    ['ui', { logging: undefined }, 'ui: its log may fill the disk'],
    ['ui', { ports: [{ published: '8080' }] }, 'ui: port 8080 is open to the network'],
    ['worker', { build: { context: '/nowhere' } }, 'worker: its Dockerfile is not there'],
  ])('would be told of %s with %j', (name, change, problem) => {
    const service = { ...model.services[name], ...change } as ComposeService;
    expect(composeProblems({ services: { ...model.services, [name]: service } })).toContain(problem);
  });

  it('gives no program of ours more than it needs', () => {
    const own = Object.entries(model.services).filter(([, { build }]) => build !== undefined);
    expect(own.map(([name]) => name).sort()).toEqual(['twin', 'twin-worker-1', 'twin-worker-2', 'worker']);
    for (const [, service] of own) expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'] });
  });

  it('lets no work of the twin reach a worker of the cloud', () => {
    const { worker, twin, ...others } = model.services;
    expect(twin?.environment).toBeUndefined();
    expect(worker?.environment).not.toHaveProperty('PVL_TWIN_URL');
    for (const name of ['twin-worker-1', 'twin-worker-2']) {
      expect(others[name]).toMatchObject({
        network_mode: 'service:twin',
        environment: { PVL_TASK_QUEUE: 'privatelink-twin' },
      });
    }
  });
});

describe('what docker-compose.yml does to a new server', () => {
  let server: DevServer;
  let binary: string;
  let script: readonly string[];

  beforeAll(async () => {
    ({ path: binary } = await findTemporalBinary('temporal', { env: process.env }));
    server = await startDevServer({ binary, env: process.env });
    const { stdout } = await run(tools.compose, ['-f', COMPOSE_FILE, 'config', '--format', 'json']);
    const { namespace } = (JSON.parse(stdout) as ComposeModel).services;
    script = [...(namespace?.entrypoint ?? []), ...(namespace?.command ?? [])].map((text) =>
      text.replaceAll('$$', '$'),
    );
  });
  afterAll(() => server.stop());

  it('makes the namespace and its search attributes, and does nothing the second time', async () => {
    const env = {
      HOME: folder,
      PATH: `${dirname(binary)}:${process.env['PATH'] ?? ''}`,
      TEMPORAL_ADDRESS: server.address,
      TEMPORAL_NAMESPACE: 'orders',
      TEMPORAL_CLI_DISABLE_UPDATE_CHECK: '1',
    };
    const [shell = '', ...args] = script;
    const first = await run(shell, args, { env });
    expect(first.stdout).toContain('orders');
    const { stdout } = await run(binary, ['operator', 'search-attribute', 'list', '-o', 'json'], { env });
    for (const name of Object.keys(SEARCH_ATTRIBUTES)) expect(stdout).toContain(name);
    const second = await run(shell, args, { env });
    expect(second.stdout.trim()).toBe('SERVING');
  });
});

describe('the Dockerfile', () => {
  it('has no finding of hadolint, which finds what is wrong', async () => {
    expect((await run(tools.hadolint, [DOCKERFILE])).stdout).toBe('');
    const changed = join(folder, 'Dockerfile');
    await writeFile(changed, (await readFile(DOCKERFILE, 'utf8')).replaceAll(/^FROM node:\S+/gm, 'FROM node'));
    const found = await run(tools.hadolint, [changed]).catch((error: unknown) => error as { stdout: string });
    expect(found.stdout).toContain('DL3006');
  });

  it('says the version of Node that the tests run on', async () => {
    const images = [...(await readFile(DOCKERFILE, 'utf8')).matchAll(/^FROM node:(\d+)\./gm)].map(([, major]) => major);
    expect(images).toEqual([process.versions.node.split('.')[0], process.versions.node.split('.')[0]]);
  });

  describe('done on this machine', () => {
    let app: string;
    let steps: DockerfileSteps;
    let server: DevServer | undefined;
    let worker: ChildProcess | undefined;

    beforeAll(async () => {
      steps = readSteps(await readFile(DOCKERFILE, 'utf8'));
      app = join(folder, 'app');
      await mkdir(app);
      const allowed = (await readFile(join(ROOT, '.dockerignore'), 'utf8'))
        .split('\n')
        .filter((line) => line[0] === '!');
      for (const path of steps.buildCopies) {
        expect(allowed).toContain(`!${path}`);
        await mkdir(dirname(join(app, path)), { recursive: true });
        await cp(join(ROOT, path), join(app, path), { recursive: true });
      }
      // The layers are in this order for the cache only: what is copied later does not change what ran before.
      for (const command of steps.buildRuns) await run('sh', ['-c', command], { cwd: app, maxBuffer: 1 << 24 });
      const { path } = await findTemporalBinary('temporal', { env: process.env });
      server = await startDevServer({ binary: path, env: process.env });
    }, 600_000);
    afterAll(async () => {
      worker?.kill('SIGKILL');
      await server?.stop();
    });

    it('leaves one native core and no tools of development', async () => {
      const cores = await run('ls', [join(app, 'node_modules/@temporalio/core-bridge/releases')]);
      expect(cores.stdout.trim().split('\n')).toHaveLength(1);
      await expect(run('ls', [join(app, 'node_modules/typescript')])).rejects.toThrow();
    });

    it('starts a worker that is healthy, and that ends well when it is told to', async () => {
      const health = `127.0.0.1:${await chooseFreePort()}`;
      const env = {
        ...steps.environment,
        PATH: process.env['PATH'] ?? '',
        PVL_HEALTH_ADDRESS: health,
        PVL_METRICS_ADDRESS: `127.0.0.1:${await chooseFreePort()}`,
        // Nothing is asked of it.
        PVL_TWIN_URL: 'http://127.0.0.1:9',
        TEMPORAL_ADDRESS: server?.address ?? '',
      };
      const [program = '', ...args] = steps.command;
      expect(program).toBe('node');
      const started = spawn(process.execPath, args, { cwd: app, env });
      worker = started;
      let log = '';
      for (const stream of [started.stdout, started.stderr])
        stream.on('data', (chunk: Buffer) => (log += chunk.toString()));
      const isHealthy = () =>
        run(process.execPath, steps.healthCheck.slice(1), { env }).then(
          () => true,
          () => false,
        );
      expect(await isHealthy()).toBe(false);
      await until('the worker started', () => log.includes('Worker started'));
      expect(await isHealthy()).toBe(true);
      const ended = once(started, 'exit');
      started.kill('SIGTERM');
      expect(await ended).toEqual([0, null]);
    });
  });
});

interface DockerfileSteps {
  /** What the first stage copies from the folder of the project, in order. */
  readonly buildCopies: readonly string[];
  readonly buildRuns: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly healthCheck: readonly string[];
  readonly command: readonly string[];
}

function readSteps(text: string): DockerfileSteps {
  const lines = text
    .replaceAll(/^\s*#.*\n/gm, '')
    .replaceAll('\\\n', ' ')
    .split('\n')
    .map((line) => line.replaceAll(/\s+/g, ' ').trim());
  const stages = lines.reduce<string[][]>(
    (all, line) =>
      line.startsWith('FROM ')
        ? [...all, []]
        : all.map((stage, at) => (at === all.length - 1 ? [...stage, line] : stage)),
    [],
  );
  const [build = [], last = []] = stages;
  const of = (stage: readonly string[], word: string) =>
    stage.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1));
  const exec = (line: string | undefined) => JSON.parse(/\[.*\]$/.exec(line ?? '')?.[0] ?? '[]') as string[];
  return {
    buildCopies: of(build, 'COPY').flatMap((line) => line.split(' ').slice(0, -1)),
    buildRuns: of(build, 'RUN'),
    environment: Object.fromEntries(
      of(last, 'ENV').flatMap((line) =>
        line.split(' ').map((pair) => pair.split(/=(.*)/).slice(0, 2) as [string, string]),
      ),
    ),
    healthCheck: exec(of(last, 'HEALTHCHECK')[0]),
    command: exec(of(last, 'CMD')[0]),
  };
}
