import { describe, expect, test } from 'vitest';
import {
  checkNamespace,
  explainConnectionError,
  TemporalConnectionError,
  type TemporalTarget,
} from '../../../src/temporal/connection-errors.js';

const LOCAL: TemporalTarget = { address: '127.0.0.1:7233', namespace: 'default', tls: false };
const CLOUD: TemporalTarget = { address: 'acme.tmprl.cloud:7233', namespace: 'acme.a1b2', tls: true, profile: 'prod' };

const transport = (source: string) => new Error(`tonic::transport::Error(Transport, ConnectError(${source}))`);
const grpc = (code: number, message: string) => Object.assign(new Error(message), { code });

describe('a connection failure says which server was meant, what was seen, and what to do', () => {
  test.each([
    {
      what: 'nothing listens (native connection)',
      error: transport('"tcp connect error", 127.0.0.1:7233, Os { code: 111, kind: ConnectionRefused }'),
      target: LOCAL,
      problem: 'unreachable',
      message:
        'Cannot use the Temporal server at 127.0.0.1:7233 (namespace default, TLS off): nothing listens there. ' +
        'Start a server (pvlctl dev), or set TEMPORAL_ADDRESS to one that runs.',
    },
    {
      what: 'no answer in time (client connection, which gives no reason)',
      error: new Error('Failed to connect before the deadline'),
      target: CLOUD,
      problem: 'unreachable',
      message:
        'Cannot use the Temporal server at acme.tmprl.cloud:7233 (namespace acme.a1b2, TLS on, profile prod): no Temporal ' +
        'server answered there in time. Check TEMPORAL_ADDRESS and that this machine may reach it. A server without TLS ' +
        'needs it switched off.',
    },
    {
      what: 'a name that does not exist',
      error: transport('"dns error", Custom { error: "failed to lookup address information" }'),
      target: CLOUD,
      problem: 'unknownHost',
      message: 'the name acme.tmprl.cloud cannot be resolved. Check TEMPORAL_ADDRESS',
    },
    {
      what: 'TLS to a server without it',
      error: transport('Custom { kind: InvalidData, error: InvalidMessage(InvalidContentType) }'),
      target: { ...LOCAL, tls: true },
      problem: 'tls',
      message: 'the TLS handshake failed. A server without TLS needs it switched off',
    },
    {
      what: 'a certificate of an unknown issuer',
      error: transport('Custom { kind: InvalidData, error: InvalidCertificate(UnknownIssuer) }'),
      target: CLOUD,
      problem: 'tls',
      message: 'TEMPORAL_TLS_SERVER_CA_CERT_PATH',
    },
    {
      what: 'a namespace that does not exist',
      error: grpc(5, '5 NOT_FOUND: Namespace default is not found.'),
      target: LOCAL,
      problem: 'namespaceNotFound',
      message: 'temporal operator namespace create --namespace default --address 127.0.0.1:7233',
    },
    {
      what: 'refused credentials',
      error: grpc(16, '16 UNAUTHENTICATED: Request unauthorized.'),
      target: CLOUD,
      problem: 'denied',
      message: 'it refused the certificate or API key. Check TEMPORAL_API_KEY',
    },
    {
      what: 'an HTTP server',
      error: new Error(
        'Failed to call GetSystemInfo: code: \'Unknown error\', message: "h2 protocol error: http2 error"',
      ),
      target: LOCAL,
      problem: 'notTemporal',
      message: 'gRPC is 7233 by default, the web UI (8233 or 8080) does not speak it',
    },
    {
      what: 'a proxy that knows no gRPC',
      error: new Error(
        "Failed to call GetSystemInfo: code: 'Operation is not implemented or not supported', " +
          'message: "grpc-status header missing, mapped from HTTP status code 404"',
      ),
      target: LOCAL,
      problem: 'notTemporal',
      message: 'Check the port',
    },
    ...[
      'message: "transport error", source: hyper::Error(Io, Custom { kind: BrokenPipe, error: "stream closed because of a broken pipe" })',
      'message: "operation was canceled", source: hyper::Error(Canceled, "connection closed")',
    ].map((text) => ({
      what: `an HTTP server that hangs up first (${text.slice(0, 40)}...)`,
      error: new Error(`Failed to call GetSystemInfo: code: 'Unknown error', ${text}`),
      target: LOCAL,
      problem: 'notTemporal',
      message: 'gRPC is 7233 by default, the web UI (8233 or 8080) does not speak it',
    })),
    {
      what: 'anything else, with the first line of what the SDK says',
      error: new Error('something new\nat a place'),
      target: LOCAL,
      problem: 'other',
      message: '(namespace default, TLS off): something new. Check TEMPORAL_ADDRESS',
    },
    {
      what: 'a reason that is in the cause',
      error: new Error('outer', { cause: grpc(14, 'connect ECONNREFUSED 127.0.0.1:7233') }),
      target: LOCAL,
      problem: 'unreachable',
      message: 'nothing listens there',
    },
  ])('$what', ({ error, target, problem, message }) => {
    const explained = explainConnectionError(error, target);
    expect(explained.problem).toBe(problem);
    expect(explained.message).toContain(message);
    expect(explained.message).toContain(target.address);
    expect(explained.cause).toBe(error);
  });

  test('an explained failure is not explained again', () => {
    const explained = explainConnectionError(new Error('x'), LOCAL);
    expect(explainConnectionError(explained, CLOUD)).toBe(explained);
  });
});

test('the check of a namespace asks for the one of the target and explains a refusal', async () => {
  const asked: string[] = [];
  const connection = {
    withDeadline: <T>(_deadline: number | Date, call: () => Promise<T>) => call(),
    workflowService: {
      describeNamespace: async ({ namespace }: { namespace: string }) => {
        asked.push(namespace);
        if (namespace !== 'default') throw grpc(5, `Namespace ${namespace} is not found.`);
      },
    },
  };
  await checkNamespace(connection, LOCAL);
  await expect(checkNamespace(connection, CLOUD)).rejects.toThrow(TemporalConnectionError);
  expect(asked).toEqual(['default', 'acme.a1b2']);
});
