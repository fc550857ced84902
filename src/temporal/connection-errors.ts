/** The server that a client or worker wants to reach. */
export interface TemporalTarget {
  readonly address: string;
  readonly namespace: string;
  readonly tls: boolean;
  /** Name of the profile that the settings came from, if from one. */
  readonly profile?: string;
}

/** What went wrong with a connection; each kind has its own next step. */
export type ConnectionProblem =
  'unreachable' | 'unknownHost' | 'tls' | 'namespaceNotFound' | 'denied' | 'notTemporal' | 'other';

/** A Temporal server could not be used. Names address, namespace, TLS and the next step; the SDK's error is its cause. */
export class TemporalConnectionError extends Error {
  override readonly name = 'TemporalConnectionError';
  readonly problem: ConnectionProblem;
  readonly target: TemporalTarget;

  constructor(message: string, problem: ConnectionProblem, target: TemporalTarget, cause: unknown) {
    super(message, { cause });
    this.problem = problem;
    this.target = target;
  }
}

/** The service calls that {@link checkNamespace} needs: those of a client's `Connection` and of a `NativeConnection`. */
export interface NamespaceService {
  withDeadline<T>(deadline: number | Date, call: () => Promise<T>): Promise<T>;
  readonly workflowService: { describeNamespace(request: { namespace: string }): Promise<unknown> };
}

const CHECK_TIMEOUT_MS = 5_000;

/**
 * Make sure that a connection serves the namespace of its target.
 *
 * The SDK notices a missing namespace, or refused credentials, only with the first call that needs them.
 *
 * @throws TemporalConnectionError
 */
export async function checkNamespace(connection: NamespaceService, target: TemporalTarget): Promise<void> {
  try {
    const { namespace } = target;
    await connection.withDeadline(Date.now() + CHECK_TIMEOUT_MS, () =>
      connection.workflowService.describeNamespace({ namespace }),
    );
  } catch (error) {
    throw explainConnectionError(error, target);
  }
}

/**
 * Turn a failure of `Connection.connect`, `NativeConnection.connect` or a first call into one that says which server was
 * meant and what to do. The SDK's own text names neither address nor namespace.
 */
export function explainConnectionError(error: unknown, target: TemporalTarget): TemporalConnectionError {
  if (error instanceof TemporalConnectionError) return error;
  const text = fullText(error);
  const problem = problemOf(grpcCode(error), text);
  const { address, namespace, tls, profile } = target;
  const settings = [`namespace ${namespace}`, `TLS ${tls ? 'on' : 'off'}`];
  if (profile !== undefined) settings.push(`profile ${profile}`);
  const message =
    `Cannot use the Temporal server at ${address} (${settings.join(', ')}): ${seen(problem, target, text)}. ` +
    connectionAdvice(problem, target);
  return new TemporalConnectionError(message, problem, target, error);
}

/** Numbers of gRPC status codes. */
const GRPC = { NOT_FOUND: 5, PERMISSION_DENIED: 7, UNIMPLEMENTED: 12, UNAUTHENTICATED: 16 } as const;

function problemOf(code: number | undefined, text: string): ConnectionProblem {
  if (code === GRPC.NOT_FOUND || /namespace \S+ (?:is )?not found/i.test(text)) return 'namespaceNotFound';
  if (code === GRPC.UNAUTHENTICATED || code === GRPC.PERMISSION_DENIED) return 'denied';
  // The third is what a proxy or a web server makes of gRPC that it does not know.
  if (code === GRPC.UNIMPLEMENTED || /h2 protocol error|http2 error|mapped from HTTP status code/i.test(text)) {
    return 'notTemporal';
  }
  if (/ENOTFOUND|EAI_AGAIN|dns error|name resolution failed/i.test(text)) return 'unknownHost';
  if (
    /certificate|wrong version number|InvalidContentType|corrupt message|tls|ssl routines|UnknownIssuer/i.test(text)
  ) {
    return 'tls';
  }
  if (/ECONNREFUSED|ConnectionRefused|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|before the deadline|deadline/i.test(text)) {
    return 'unreachable';
  }
  // Somebody answered, and hung up on what it could not read. Which of these comes is a race inside the SDK.
  if (/broken ?pipe|connection ?reset|connection closed/i.test(text)) return 'notTemporal';
  return /transport error|UNAVAILABLE/i.test(text) ? 'unreachable' : 'other';
}

function seen(problem: ConnectionProblem, { address, namespace, tls }: TemporalTarget, text: string): string {
  const host = address.replace(/:\d+$/, '');
  const words: Record<ConnectionProblem, string> = {
    unreachable: /refused/i.test(text) ? 'nothing listens there' : 'no Temporal server answered there in time',
    unknownHost: `the name ${host} cannot be resolved`,
    tls: 'the TLS handshake failed',
    namespaceNotFound: `it has no namespace ${namespace}`,
    denied: `it refused the ${tls ? 'certificate or API key' : 'API key'}`,
    notTemporal: 'what answers there is not a Temporal server that this client can talk to',
    other: firstLine(text),
  };
  return words[problem];
}

/** What to do about a problem: the last sentences of the message of {@link explainConnectionError}. */
export function connectionAdvice(problem: ConnectionProblem, { address, namespace, tls }: TemporalTarget): string {
  const local = /^(?:localhost|127\.|\[::1\])/.test(address);
  const switchTls = tls
    ? 'A server without TLS needs it switched off'
    : 'A server with TLS, such as Temporal Cloud, needs it switched on';
  const steps: Record<ConnectionProblem, string> = {
    unreachable:
      (local
        ? 'Start a server (pvlctl dev), or set TEMPORAL_ADDRESS to one that runs.'
        : 'Check TEMPORAL_ADDRESS and that this machine may reach it.') + (tls || !local ? ` ${switchTls}.` : ''),
    unknownHost: 'Check TEMPORAL_ADDRESS (host:port) and the name servers of this machine.',
    tls: `${switchTls}; otherwise check TEMPORAL_TLS_SERVER_CA_CERT_PATH and TEMPORAL_TLS_SERVER_NAME.`,
    namespaceNotFound:
      `Create it (temporal operator namespace create --namespace ${namespace} --address ${address}), ` +
      'or set TEMPORAL_NAMESPACE to an existing one.',
    denied: 'Check TEMPORAL_API_KEY, or the client certificate, and what it may do in this namespace.',
    notTemporal:
      'Check the port: gRPC is 7233 by default, the web UI (8233 or 8080) does not speak it. Check also whether the server wants TLS.',
    other: 'Check TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE and the TLS settings.',
  };
  return steps[problem];
}

function grpcCode(error: unknown): number | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'number' ? code : undefined;
}

/** The messages of an error and its causes. */
function fullText(error: unknown): string {
  const texts: string[] = [];
  for (let at = error, depth = 0; at !== undefined && at !== null && depth < 5; depth++) {
    texts.push(at instanceof Error ? at.message : typeof at === 'string' ? at : JSON.stringify(at));
    at = (at as { cause?: unknown }).cause;
  }
  return texts.join('\n');
}

function firstLine(text: string): string {
  return (text.split('\n').find((line) => line.trim() !== '') ?? 'no reason given').trim().slice(0, 300);
}
