import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { SEARCH_ATTRIBUTES } from '../../src/contract/search-attributes.js';
import type { DevServer } from '../../src/temporal/dev-server.js';
import { serverEnvironment, startClusterServer, type ClusterPlace } from './support/cluster-server.js';
import { runOneShot, serviceOf } from './support/compose-here.js';
import type {} from './support/global-setup.js';

const run = promisify(execFile);

/** The one-shots and the server's environment as they stand in docker-compose.yml, with the programs that their images hold. */
describe('docker-compose.yml on the programs of its images', () => {
  let place: ClusterPlace;
  let server: DevServer;
  let home: string;

  const oneShot = (name: string, more?: Readonly<Record<string, string>>) =>
    runOneShot(
      place.model,
      name,
      { postgresqlPort: place.postgresql.port, frontendPort: server.port },
      [place.binaries.serverFolder, place.binaries.cliFolder],
      more,
    );
  const serverProgram = () => join(place.binaries.serverFolder, 'temporal-server');

  beforeAll(async () => {
    const provided = inject('cluster');
    if (provided === undefined) throw new Error('Run by npm run test:cluster');
    place = provided;
    home = await mkdtemp(join(tmpdir(), 'pvl-compose-'));
    server = await startClusterServer(place, {});
  });
  afterAll(async () => {
    await server.stop();
    await rm(home, { recursive: true, force: true });
  });

  it('has the server of the version that it names', async () => {
    const { stdout } = await run(serverProgram(), ['--version']);
    expect(serviceOf(place.model, 'temporal').image).toBe(`temporalio/server:${/\d+\.\d+\.\d+/.exec(stdout)?.[0]}`);
    expect(serviceOf(place.model, 'schema').image).toBe(serviceOf(place.model, 'namespace').image);
  });

  it('sets the schema up a second time without doing anything', async () => {
    const said = await oneShot('schema');
    expect(said).toContain('found zero updates');
    expect(said).not.toMatch(/"level":"(?:error|fatal)"/);
  });

  it('reaches the database by its password only', async () => {
    await expect(oneShot('schema', { SQL_PASSWORD: 'wrong' })).rejects.toThrow(/password authentication failed/);
  });

  it('makes the namespace with the search attributes, and does nothing the second time', async () => {
    const env = { HOME: home, PATH: process.env['PATH'], TEMPORAL_ADDRESS: server.address };
    const temporal = join(place.binaries.cliFolder, 'temporal');
    const { stdout } = await run(temporal, ['operator', 'search-attribute', 'list', '-o', 'json'], { env });
    for (const name of Object.keys(SEARCH_ATTRIBUTES)) expect(stdout).toContain(name);
    const { stdout: about } = await run(temporal, ['operator', 'namespace', 'describe', 'default', '-o', 'json'], {
      env,
    });
    expect((JSON.parse(about) as { config: unknown }).config).toMatchObject({
      workflowExecutionRetentionTtl: '259200s',
    });
    expect((await oneShot('namespace')).trim()).toBe('SERVING');
  });

  it('serves the metrics that its Prometheus asks for', async () => {
    const address = serverEnvironment(place, server.port, home)['PROMETHEUS_ENDPOINT'];
    const text = await (await fetch(`http://${address}/metrics`)).text();
    expect(text).toContain('service_requests');
  });

  it('gives its server a file of dynamic configuration, without which it does not start', async () => {
    const { configs = [], environment = {} } = serviceOf(place.model, 'temporal');
    expect(configs.map(({ target }) => target)).toContain(environment['DYNAMIC_CONFIG_FILE_PATH']);
    const env = { ...serverEnvironment(place, server.port, home), DYNAMIC_CONFIG_FILE_PATH: join(home, 'none.yaml') };
    await expect(run(serverProgram(), ['start'], { env })).rejects.toThrow(/none\.yaml: no such file/);
  });
});
