import { spawn, type ChildProcess } from 'node:child_process';
import { inspect } from 'node:util';
import { fileURLToPath } from 'node:url';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ProvisioningClient } from '../../src/client/index.js';
import { startSimulator, type FaultEffect, type Simulator } from '../../src/simulator/index.js';
import { startDevServer, type DevServer } from '../../src/temporal/dev-server.js';
import { findTemporalBinary } from '../../src/temporal/find-binary.js';
import { chooseFreePort } from '../../src/temporal/free-port.js';
import { until } from '../support/program-process.js';

/** Planted where a worker finds its credentials, and looked for wherever it writes. */
const PLANTED = {
  accessKeyId: 'LTAI5tPlantedKeyIdForTest',
  accessKeySecret: 'PlantedSecretOfTheAccessKeyForTest',
  securityToken: 'CAISPlantedSecurityTokenForTest0123456789',
};

/** Anything that only a signed call has. */
const TRACES = [...Object.values(PLANTED), 'SignatureNonce', 'Signature=', 'SecurityToken=', 'AccessKeyId='];

describe('no secret gets out', () => {
  let server: DevServer;
  let twin: Simulator;
  let worker: ChildProcess;
  let connection: Connection;
  let metricsUrl: string;
  let log = '';
  const errors: string[] = [];

  beforeAll(async () => {
    const { path } = await findTemporalBinary('temporal', { env: process.env });
    server = await startDevServer({ binary: path, env: process.env });
    twin = await startSimulator({
      accounts: [{ ...PLANTED, accountId: '1' }],
      settings: { timeToActive: { afterMs: 200 } },
    });
    const metricsPort = await chooseFreePort();
    metricsUrl = `http://127.0.0.1:${metricsPort}/metrics`;
    worker = spawn(process.execPath, [fileURLToPath(new URL('../../lib/worker.js', import.meta.url))], {
      env: {
        PATH: process.env['PATH'],
        TEMPORAL_ADDRESS: server.address,
        ALIBABA_CLOUD_ACCESS_KEY_ID: PLANTED.accessKeyId,
        ALIBABA_CLOUD_ACCESS_KEY_SECRET: PLANTED.accessKeySecret,
        ALIBABA_CLOUD_SECURITY_TOKEN: PLANTED.securityToken,
        // A real cloud as far as the worker knows; the address is this machine's.
        PVL_ENDPOINT: twin.url,
        PVL_LOG_LEVEL: 'DEBUG',
        PVL_METRICS_ADDRESS: `127.0.0.1:${metricsPort}`,
      },
    });
    for (const stream of [worker.stdout, worker.stderr])
      stream?.on('data', (chunk: Buffer) => (log += chunk.toString()));
    connection = await Connection.connect({ address: server.address });
    await until('the worker started', () => log.includes('Worker started'));
  });
  afterAll(async () => {
    await connection.close();
    worker.kill('SIGKILL');
    await twin.close();
    await server.stop();
  });

  const echo = `Specified signature is not matched. server string to sign is:POST&%2F&AccessKeyId%3D${PLANTED.accessKeyId}%26SecurityToken%3D${PLANTED.securityToken}%26SignatureNonce%3D1`;
  const scenarios: { name: string; action: string; effect: FaultEffect | undefined }[] = [
    { name: 'ready', action: 'CreateVpcEndpoint', effect: undefined },
    {
      name: 'echo',
      action: 'CreateVpcEndpoint',
      effect: { kind: 'code', code: 'SignatureDoesNotMatch', message: echo },
    },
    { name: 'unknown-echo', action: 'CreateVpcEndpoint', effect: { kind: 'code', code: 'VpcNotFound', message: echo } },
    { name: 'lost', action: 'CreateVpcEndpoint', effect: { kind: 'loseResponse' } },
    { name: 'html', action: 'CreateVpcEndpoint', effect: { kind: 'errorAfter', status: 502, body: 'html' } },
    { name: 'throttled', action: 'CreateVpcEndpoint', effect: { kind: 'throttle', timeLeftMs: 1_000 } },
    { name: 'denied-look', action: 'GetVpcEndpointAttribute', effect: { kind: 'loseResponse' } },
    { name: 'list-lost', action: 'ListVpcEndpoints', effect: { kind: 'resetBefore' } },
  ];

  it('the runs end, well or with an error of ours', async () => {
    const client = new ProvisioningClient({
      client: new Client({ connection }),
      onWarning: (text) => errors.push(text),
    });
    for (const { name, action, effect } of scenarios) {
      const request = {
        RegionId: 'cn-huhehaote',
        VpcId: 'vpc-1',
        ServiceId: 'epsrv-1',
        EndpointName: name,
        SecurityGroupId: ['sg-1'],
      };
      if (effect !== undefined) twin.faults.add({ action, effect });
      const ended = await client.provision({ request }).catch((error: unknown) => error);
      if (ended instanceof Error) errors.push(inspect(ended, { depth: 20, showHidden: true }), JSON.stringify(ended));
      errors.push(JSON.stringify(await client.state(`provision/default/cn-huhehaote/vpc-1/epsrv-1/${name}`)));
    }
    expect(twin.journal.requests.length).toBeGreaterThan(scenarios.length);
    expect(log).toContain('Cloud: REAL');
  });

  it('and neither histories nor logs nor errors nor metrics hold a key, a token or a signature', async () => {
    const client = new Client({ connection });
    const texts: [string, string][] = [
      ['the log of the worker', log],
      ['the errors of the client', errors.join('\n')],
      ['the metrics', await (await fetch(metricsUrl)).text()],
    ];
    for await (const run of client.workflow.list()) {
      const history = await client.workflow.getHandle(run.workflowId, run.runId).fetchHistory();
      texts.push([`the history of ${run.workflowId}`, decoded(JSON.parse(historyToJSON(history)))]);
    }
    const histories = texts.filter(([where]) => where.startsWith('the history of provision/'));
    expect(histories).toHaveLength(scenarios.length);
    for (const [where, text] of texts) {
      expect(text.length, where).toBeGreaterThan(100);
      for (const trace of TRACES) expect(text.includes(trace), `${trace} in ${where}`).toBe(false);
    }
  });

  it('while a look for them finds what is planted', () => {
    expect(decoded({ data: Buffer.from(PLANTED.accessKeySecret).toString('base64') })).toContain(
      PLANTED.accessKeySecret,
    );
  });
});

/** Every text of a history, payloads decoded. */
function decoded(value: unknown): string {
  if (typeof value === 'string') return `${value}\n${Buffer.from(value, 'base64').toString('utf8')}\n`;
  if (typeof value !== 'object' || value === null) return '';
  return Object.values(value).map(decoded).join('');
}
