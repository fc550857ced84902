import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Connection, WorkflowClient } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkNamespace, explainConnectionError } from '../../src/temporal/connection-errors.js';
import { startDevServer, type DevServer, type DevServerOptions } from '../../src/temporal/dev-server.js';
import { findTemporalBinary } from '../../src/temporal/find-binary.js';
import { chooseFreePort } from '../../src/temporal/free-port.js';

describe('a dev server with a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pvl-dev-server-'));
  let options: DevServerOptions;
  let server: DevServer;

  beforeAll(async () => {
    const { path } = await findTemporalBinary('temporal', { env: process.env });
    options = {
      binary: path,
      env: process.env,
      dbFilename: join(folder, 'state.db'),
      namespace: 'orders',
      searchAttributes: { Owner: 'Keyword' },
      ui: true,
      logFile: join(folder, 'server.log'),
    };
    server = await startDevServer(options);
  });
  afterAll(async () => {
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  async function withConnection<T>(act: (connection: Connection) => Promise<T>): Promise<T> {
    const connection = await Connection.connect({ address: server.address });
    try {
      return await act(connection);
    } finally {
      await connection.close();
    }
  }

  const target = (namespace: string) => ({ address: server.address, namespace, tls: false });

  test('it serves its namespaces, its search attributes and its UI', async () => {
    await withConnection(async (connection) => {
      for (const namespace of ['default', 'orders']) {
        await checkNamespace(connection, target(namespace));
        const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
        expect(Object.keys(customAttributes)).toContain('Owner');
      }
    });
    expect((await fetch(server.uiUrl ?? '')).status).toBe(200);
  });

  test('a second one on its port is refused', async () => {
    await expect(startDevServer({ ...options, port: server.port })).rejects.toThrow(`Port ${server.port}`);
  });

  test('after a kill, one on the same file and port still has the workflows', async () => {
    const workflowId = `kept-${randomUUID()}`;
    await withConnection((connection) =>
      new WorkflowClient({ connection }).start('anything', { taskQueue: 'nobody', workflowId }),
    );
    await server.kill();
    expect(await server.exited).toEqual({ code: null, signal: 'SIGKILL' });

    server = await startDevServer({ ...options, port: server.port });
    const { status } = await withConnection((connection) =>
      new WorkflowClient({ connection }).getHandle(workflowId).describe(),
    );
    expect(status.name).toBe('RUNNING');
  });

  test('a namespace that it does not have is named, with the command that creates it', async () => {
    const check = withConnection((connection) => checkNamespace(connection, target('elsewhere')));
    await expect(check).rejects.toThrow(/namespace elsewhere.*temporal operator namespace create/s);
  });

  test.each([
    { what: 'TLS to a server without it', to: () => server.address, tls: true, problem: 'tls' },
    { what: 'a port where nothing listens', to: closedAddress, tls: false, problem: 'unreachable' },
    { what: 'the port of the UI', to: () => new URL(server.uiUrl ?? '').host, tls: false, problem: 'notTemporal' },
  ])('a worker that connects to the wrong place is told so: $what', async ({ to, tls, problem }) => {
    const address = await to();
    const error: unknown = await NativeConnection.connect({ address, tls }).catch((reason: unknown) => reason);
    expect(explainConnectionError(error, { address, namespace: 'default', tls })).toMatchObject({ problem });
  });

  async function closedAddress(): Promise<string> {
    return `127.0.0.1:${await chooseFreePort()}`;
  }
});
