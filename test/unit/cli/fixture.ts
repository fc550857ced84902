import type { StartedProvision } from '../../../src/client/provisioning-client.js';
import type { RunReport } from '../../../src/client/run-report.js';
import type { RunView } from '../../../src/client/run-view.js';
import type { ProvisionState } from '../../../src/contract/messages.js';
import type { FailureDetails, ProvisionResult } from '../../../src/contract/result.js';
import type { CommandContext, RunClient, SessionOptions } from '../../../src/cli/command-context.js';
import { runProgram } from '../../../src/cli/program.js';
import { toldError } from '../../../src/cli/session.js';
import type { Terminal } from '../../../src/cli/terminal.js';

/** An input that keeps the contract. */
export const INPUT = {
  request: {
    RegionId: 'cn-huhehaote',
    VpcId: 'vpc-1',
    ServiceId: 'epsrv-1',
    EndpointName: 'orders',
    SecurityGroupId: ['sg-1'],
    Zone: [{ ZoneId: 'cn-huhehaote-b', VSwitchId: 'vsw-1' }],
  },
};

/** What a run ends with that ends well. */
export const RESULT: ProvisionResult = {
  outcome: 'created',
  endpoint: {
    EndpointId: 'ep-1',
    EndpointDomain: 'ep-1.example.com',
    EndpointStatus: 'Active',
    ConnectionStatus: 'Connected',
  },
  zones: [{ ZoneId: 'cn-huhehaote-b', EniId: 'eni-1', EniIp: '10.0.0.1', ZoneStatus: 'Connected' }],
  create: { ClientToken: 'token.1', epoch: 1, RequestId: 'REQ-1' },
  times: { acceptedAt: '2026-01-01T00:00:00.000Z', activeAt: '2026-01-01T00:00:42.000Z' },
  attempts: [],
};

/** Details of a run that failed. */
export const DETAILS: FailureDetails = {
  class: 'quota',
  code: 'QuotaMisMatched',
  requestId: 'REQ-1',
  endpointMayExist: false,
  advice: 'Ask for a higher quota.',
  retryable: true,
  attempts: [],
};

/** What a run that waits says of itself. */
export const STATE: ProvisionState = {
  phase: 'waiting',
  since: '2026-01-01T00:00:01.000Z',
  waitingFor: 'ep-1 to become Active',
  epoch: 1,
  endpointId: 'ep-1',
  endpointStatus: 'Creating',
  connectionStatus: 'Disconnected',
  attempts: 2,
  parkedTimes: 0,
  deadline: '2026-01-01T00:30:00.000Z',
};

/** A run that waits. */
export const VIEW: RunView = {
  workflowId: 'order-17',
  runId: 'run-1',
  status: 'RUNNING',
  startedAt: '2026-01-01T00:00:00.000Z',
  historyLength: 12,
  state: STATE,
};

/** A run that waits and that no worker answers for. */
export const SILENT_VIEW: RunView = Object.fromEntries(
  Object.entries(VIEW).filter(([name]) => name !== 'state'),
) as unknown as RunView;

/** What is told of a run that failed. */
export const REPORT: RunReport = {
  workflowId: 'order-17',
  runId: 'run-2',
  status: 'FAILED',
  runs: [
    { runId: 'run-1', startedAt: '2026-01-01T00:00:00.000Z', closedAt: '2026-01-02T00:00:00.000Z', events: 1_502 },
    { runId: 'run-2', startedAt: '2026-01-02T00:00:00.000Z', closedAt: '2026-01-02T01:00:00.000Z', events: 40 },
  ],
  olderRunsMissing: false,
  account: 'default',
  region: 'cn-huhehaote',
  request: {
    RegionId: 'cn-huhehaote',
    VpcId: 'vpc-1',
    SecurityGroupId: ['sg-1', 'sg-2'],
    Zone: [{ ZoneId: 'cn-huhehaote-b', VSwitchId: 'vsw-1' }],
  },
  withheld: ['PolicyDocument', 'Tag'],
  startedAt: '2026-01-01T00:00:00.000Z',
  closedAt: '2026-01-02T01:00:00.000Z',
  failure: {
    type: 'AccessDenied',
    message: 'NoPermission: no (action CreateVpcEndpoint, RequestId REQ-2)',
    details: {
      class: 'denied',
      code: 'NoPermission',
      requestId: 'REQ-2',
      endpointMayExist: false,
      advice: 'Allow it. Then start the same workflow id again.',
      retryable: true,
      denied: {
        action: 'privatelink:CreateVpcEndpoint',
        resource: ['acs:privatelink:cn-huhehaote:*:vpcendpoint/*'],
        turn: 'ramAdministrator',
        statement: {
          Effect: 'Allow',
          Action: ['privatelink:CreateVpcEndpoint'],
          Resource: ['acs:privatelink:cn-huhehaote:*:vpcendpoint/*'],
        },
      },
    },
  },
  attempts: [
    {
      at: '2026-01-01T00:00:01.000Z',
      action: 'ListVpcEndpoints',
      code: '0 found',
      RequestId: 'REQ-0',
      activityId: 'create.1',
      epoch: 1,
    },
    {
      at: '2026-01-01T00:00:02.000Z',
      action: 'CreateVpcEndpoint',
      code: 'QuotaMisMatched',
      RequestId: 'REQ-1',
      activityId: 'create.1',
      epoch: 1,
      clientToken: 'token.1',
    },
    {
      at: '2026-01-02T00:59:59.000Z',
      action: 'GetVpcEndpointAttribute',
      code: 'ECONNRESET',
      activityId: 'wait-active',
    },
  ],
  parked: [
    {
      code: 'QuotaMisMatched',
      times: 150,
      firstAt: '2026-01-01T00:00:03.000Z',
      lastAt: '2026-01-02T00:50:00.000Z',
    },
  ],
};

/** A run that was just started. */
export const STARTED: StartedProvision = { workflowId: 'order-17', runId: 'run-1', how: 'started' };

/** What a run of `pvlctl` left behind. */
export interface Printed {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** What was drawn over and over. */
  readonly drawn: readonly string[];
  readonly connections: readonly SessionOptions[];
  readonly closed: number;
}

/** A machine on which `pvlctl` runs without a server. */
export interface FakeMachine {
  readonly client?: Partial<RunClient>;
  readonly stdin?: string;
  readonly isTerminal?: boolean;
  readonly env?: CommandContext['env'];
  readonly connect?: () => never;
  /** What the client warns of. */
  readonly warning?: string;
  /** Called with what sends a signal to the process, as soon as it listens. */
  readonly onListening?: (send: () => void) => void;
}

/** The server that its errors name. */
const SERVER = { address: 'localhost:7233', namespace: 'default', tls: false };

/** Run `pvlctl` with a client of the test's own. Sleeping takes no time. */
export async function pvlctl(args: readonly string[], machine: FakeMachine = {}): Promise<Printed> {
  const out: string[] = [];
  const err: string[] = [];
  const drawn: string[] = [];
  const connections: SessionOptions[] = [];
  let closed = 0;
  const terminal: Terminal = {
    stdin: chunksOf(machine.stdin ?? ''),
    stdinIsTerminal: machine.isTerminal ?? false,
    stderrIsTerminal: machine.isTerminal ?? false,
    out: (line) => out.push(line),
    taken: async () => undefined,
    err: (line) => err.push(line),
    redraw: (text) => drawn.push(text),
    columns: () => 200,
    now: () => Date.parse('2026-01-01T00:00:10.000Z'),
    sleep: () => new Promise((resolve) => setImmediate(resolve)),
    onSignal: (_signals, listener) => {
      machine.onListening?.(listener);
      return () => undefined;
    },
  };
  const unexpected = () => Promise.reject(new Error('This call was not expected'));
  const context: CommandContext = {
    terminal,
    env: machine.env ?? {},
    connect: async (options) => {
      machine.connect?.();
      connections.push(options);
      if (machine.warning !== undefined) options.onWarning(machine.warning);
      return {
        client: {
          start: unexpected,
          provisionMany: () => {
            throw new Error('This call was not expected');
          },
          state: unexpected,
          result: unexpected,
          cancel: unexpected,
          explain: unexpected,
          accepted: unexpected,
          extendDeadline: unexpected,
          changeOptions: unexpected,
          retryNow: unexpected,
          list: () => ({ [Symbol.asyncIterator]: () => ({ next: unexpected }) }),
          startDeprovision: unexpected,
          findOrphans: unexpected,
          ...machine.client,
        },
        soon: (call) => call(),
        until: (signal, call) =>
          Promise.race([call(), rejectionOf(signal)]).catch((error: unknown) => {
            throw toldError(error, SERVER);
          }),
        close: async () => {
          closed += 1;
        },
      };
    },
  };
  const exitCode = await runProgram(args, context);
  return { exitCode, stdout: out.join('\n'), stderr: err.join('\n'), drawn, connections, closed };
}

async function* chunksOf(text: string): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  // In two, so that a character may be cut.
  yield bytes.subarray(0, 3);
  yield bytes.subarray(3);
}

function rejectionOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('cancelled')));
  });
}
