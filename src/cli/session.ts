import { lookup } from 'node:dns/promises';
import { setMaxListeners } from 'node:events';
import { connect as connectSocket } from 'node:net';
import { Client, Connection, isGrpcServiceError, ServiceError } from '@temporalio/client';
import { OutageError, withoutWrapper } from '../client/bulk-patience.js';
import { ProvisioningClient } from '../client/provisioning-client.js';
import { loadPlugins, type TemporalConfig } from '../config.js';
import { checkNamespace, explainConnectionError, type TemporalTarget } from '../temporal/connection-errors.js';
import type { TemporalPlugin } from '../temporal/import-plugins.js';
import type { Session, SessionOptions } from './command-context.js';

const CONNECT_TIMEOUT_MS = 5_000;
const CALL_TIMEOUT_MS = 10_000;

/** gRPC status codes that say something of the server or of what the caller may do, not of the call. */
const CONNECTION_CODES: ReadonlySet<number> = new Set([4, 7, 12, 14, 16]);

/**
 * Connect to a Temporal server, or fail within seconds. Its namespace is not asked for.
 *
 * @returns An open connection, which the caller closes.
 * @throws TemporalConnectionError
 * @throws ConfigError - A plugin cannot be loaded.
 */
export async function openConnection(temporal: TemporalConfig): Promise<Connection> {
  const target = targetOf(temporal);
  await refuseClosedPort(target);
  const connection = lazyConnection(temporal, await loadPlugins(temporal));
  try {
    await connection.ensureConnected();
    return connection;
  } catch (error) {
    await connection.close();
    throw explainConnectionError((await nameProblem(temporal.address)) ?? error, target);
  }
}

/**
 * Connect to the namespace of a Temporal server, or fail within seconds.
 *
 * @throws TemporalConnectionError
 */
export async function openSession(temporal: TemporalConfig, options: SessionOptions): Promise<Session> {
  const { namespace } = temporal;
  const target = targetOf(temporal);
  const connection = await openConnection(temporal);
  try {
    await checkNamespace(connection, target);
  } catch (error) {
    await connection.close();
    throw error;
  }
  const client = new ProvisioningClient({ client: new Client({ connection, namespace }), ...options });
  const explained = async <Result>(call: () => Promise<Result>): Promise<Result> => {
    try {
      return await call();
    } catch (error) {
      throw toldError(error, target);
    }
  };
  return {
    client,
    soon: (call) => explained(() => connection.withDeadline(Date.now() + CALL_TIMEOUT_MS, call)),
    until: (signal, call) => {
      // Each call of a long wait listens to the signal.
      setMaxListeners(0, signal);
      return explained(() => connection.withAbortSignal(signal, call));
    },
    close: () => connection.close(),
  };
}

/** What to tell of a failed call: where the server is the reason, which one was meant and what to do. */
export function toldError(error: unknown, target: TemporalTarget): unknown {
  if (error instanceof OutageError) return explainConnectionError(withoutWrapper(error.cause), target);
  return isAboutConnection(error) ? explainConnectionError(error, target) : error;
}

/** What the errors of a connection name. */
export function targetOf({ address, namespace, tls }: TemporalConfig): TemporalTarget {
  return { address, namespace, tls };
}

function lazyConnection({ connectionOptions, address }: TemporalConfig, plugins: TemporalPlugin[]): Connection {
  const { tls, apiKey, metadata } = connectionOptions;
  return Connection.lazy({
    address,
    connectTimeout: CONNECT_TIMEOUT_MS,
    plugins,
    ...(tls === undefined ? {} : { tls }),
    ...(apiKey === undefined ? {} : { apiKey }),
    ...(metadata === undefined ? {} : { metadata: metadata }),
  });
}

/** gRPC goes on trying a port of this machine that nothing listens on; the answer is known at once. */
async function refuseClosedPort(target: TemporalTarget): Promise<void> {
  const { hostname, port } = new URL(`tcp://${target.address}`);
  if (!/^(?:localhost|127\.[\d.]+|\[::1\])$/.test(hostname)) return;
  await new Promise<void>((resolve, reject) => {
    const socket = connectSocket({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port === '' ? 7233 : port) });
    const end = (settle: () => void) => {
      socket.destroy();
      settle();
    };
    socket.setTimeout(CONNECT_TIMEOUT_MS, () => end(resolve));
    socket.once('connect', () => end(resolve));
    socket.once('error', (error: NodeJS.ErrnoException) => {
      end(() => (error.code === 'ECONNREFUSED' ? reject(explainConnectionError(error, target)) : resolve()));
    });
  });
}

/** gRPC tries a name that cannot be resolved until its time is over, and then says only that. */
async function nameProblem(address: string): Promise<unknown> {
  const host = new URL(`tcp://${address}`).hostname.replace(/^\[|\]$/g, '');
  return lookup(host).then(
    () => undefined,
    (error: unknown) => error,
  );
}

/** Whether the server, and not the call, is the reason. */
function isAboutConnection(error: unknown): boolean {
  if (!(error instanceof ServiceError) && !isGrpcServiceError(error)) return false;
  const grpc = withoutWrapper(error);
  return isGrpcServiceError(grpc) && CONNECTION_CODES.has(grpc.code);
}
