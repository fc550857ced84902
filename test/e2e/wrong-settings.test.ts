import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server as TcpServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDevServer, type DevServer } from '../../src/temporal/dev-server.js';
import { findTemporalBinary } from '../../src/temporal/find-binary.js';
import { startProgram } from '../support/program-process.js';

const WORKER = fileURLToPath(new URL('../../lib/worker.js', import.meta.url));
/** A worker with wrong settings says so within this time, or it is killed and has no exit code. */
const WITHIN_MS = 15_000;
const SECRETS = { key: 'planted-api-key-of-a-test', accessKeyId: 'LTAI5tPlantedKeyIdForTest' };

describe('a worker whose settings are wrong ends with 78 and says which, and what to do', () => {
  let home: string;
  let server: DevServer;
  let web: Server;
  let silent: TcpServer;
  const sockets = new Set<Socket>();
  /** Addresses by the names that the table uses. */
  const places = new Map<string, string>();

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'pvl-home-'));
    const { path } = await findTemporalBinary('temporal', { env: process.env });
    server = await startDevServer({ binary: path, env: process.env });
    web = createServer((_, response) => response.end('hello'));
    silent = createTcpServer((socket) => sockets.add(socket));
    for (const listener of [web, silent]) {
      await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    }
    const addressOf = (listener: Server | TcpServer) => `127.0.0.1:${(listener.address() as AddressInfo).port}`;
    places.set('SERVER', server.address).set('WEB', addressOf(web)).set('SILENT', addressOf(silent));
  });
  afterAll(async () => {
    for (const socket of sockets) socket.destroy();
    web.close();
    silent.close();
    await server.stop();
    await rm(home, { recursive: true, force: true });
  });

  it.each<[what: string, env: Record<string, string>, ...says: RegExp[]]>([
    [
      'a server that is not there',
      { TEMPORAL_ADDRESS: '127.0.0.1:9' },
      /127\.0\.0\.1:9.*nothing listens.*TEMPORAL_ADDRESS/,
    ],
    [
      'a server that says nothing',
      { TEMPORAL_ADDRESS: 'SILENT' },
      /SILENT.*no Temporal server answered.*TEMPORAL_ADDRESS/,
    ],
    ['the same with TLS', { TEMPORAL_ADDRESS: 'SILENT', TEMPORAL_TLS: 'true' }, /SILENT.*TLS on.*in time.*TLS/],
    ['something that is no Temporal', { TEMPORAL_ADDRESS: 'WEB' }, /WEB.*not a Temporal server.*port/],
    ['TLS to a server without', { TEMPORAL_ADDRESS: 'SERVER', TEMPORAL_TLS: 'true' }, /SERVER.*TLS on.*switched off/],
    [
      'an API key for a server without TLS',
      { TEMPORAL_ADDRESS: 'SERVER', TEMPORAL_API_KEY: SECRETS.key },
      /SERVER.*TLS on.*switched off/,
    ],
    [
      'a host that there is not',
      { TEMPORAL_ADDRESS: 'host.invalid:7233' },
      /host\.invalid cannot be resolved.*TEMPORAL_ADDRESS/,
    ],
    [
      'a namespace that there is not',
      { TEMPORAL_ADDRESS: 'SERVER', TEMPORAL_NAMESPACE: 'orders' },
      /no namespace orders.*namespace create/,
    ],
    ['a profile that there is not', { TEMPORAL_PROFILE: 'nobody' }, /'nobody' not found/],
    [
      'a certificate that there is not',
      { TEMPORAL_TLS_CLIENT_CERT_PATH: '/no/c.pem', TEMPORAL_TLS_CLIENT_KEY_PATH: '/no/k.pem' },
      /\/no\/c\.pem/,
    ],
    ['a misspelt name', { PVL_TASKQUEUE: 'x' }, /PVL_TASKQUEUE: is not a setting; there are PVL_TASK_QUEUE/],
    [
      'two wrong values at once',
      { PVL_WORK: 'all', PVL_READS_PER_MINUTE: '1' },
      /PVL_WORK: /,
      /PVL_READS_PER_MINUTE: expected a whole number/,
    ],
    ['a twin elsewhere', { PVL_TWIN_URL: 'https://example.com' }, /PVL_TWIN_URL: must be a loopback address/],
    ['a cloud without TLS', { PVL_ENDPOINT: 'http://example.com' }, /PVL_ENDPOINT: .*must use https/],
    [
      'no credentials and nothing else to do',
      { TEMPORAL_ADDRESS: 'SERVER', PVL_WORK: 'calls' },
      /"source":"the default credential chain"/,
      /PVL_WORK: .*no account has credentials/,
    ],
    [
      'half of a key',
      { TEMPORAL_ADDRESS: 'SERVER', PVL_WORK: 'calls', ALIBABA_CLOUD_ACCESS_KEY_ID: SECRETS.accessKeyId },
      /no account has credentials/,
    ],
    [
      'an account that there is not',
      { TEMPORAL_ADDRESS: 'SERVER', PVL_WORK: 'calls', PVL_ACCOUNTS: 'nobody' },
      /"source":"the profile \\"nobody\\""/,
    ],
    [
      'an address for metrics that is taken',
      { TEMPORAL_ADDRESS: 'SERVER', PVL_METRICS_ADDRESS: 'WEB' },
      /PVL_METRICS_ADDRESS: cannot listen on WEB/,
    ],
    [
      'an address for health that is taken',
      { TEMPORAL_ADDRESS: 'SERVER', PVL_HEALTH_ADDRESS: 'WEB' },
      /PVL_HEALTH_ADDRESS: cannot listen on WEB/,
    ],
  ])('%s', async (_, env, ...says) => {
    const placed = Object.entries(env).map(([name, value]) => [name, places.get(value) ?? value]);
    const program = startProgram(WORKER, [], {
      cwd: home,
      env: { PATH: process.env['PATH'], HOME: home, ...(Object.fromEntries(placed) as Record<string, string>) },
    });
    const overdue = setTimeout(() => program.kill('SIGKILL'), WITHIN_MS);
    const { code, stdout, stderr } = await program.ended;
    clearTimeout(overdue);
    let said = stdout + stderr;
    for (const [name, address] of places) said = said.replaceAll(address, name);
    expect(said).not.toMatch(/^\s+at /m);
    for (const secret of Object.values(SECRETS)) expect(said).not.toContain(secret);
    for (const pattern of says) expect(said).toMatch(pattern);
    expect(code).toBe(78);
  });
});
