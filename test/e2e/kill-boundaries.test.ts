import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { workerEnvironment } from '../../src/cli/stack-environment.js';
import { startWorkerProcess, type WorkerProcess } from '../../src/cli/worker-process.js';
import { ProvisioningClient, type RunView } from '../../src/client/index.js';
import type { ProvisionInput } from '../../src/contract/input.js';
import type { ProvisionResult } from '../../src/contract/result.js';
import { WORKFLOW_TAG } from '../../src/model/owner-tags.js';
import { startSimulator, type FaultEffect, type Simulator } from '../../src/simulator/index.js';
import { FAST_TIMERS, type DevServer } from '../../src/temporal/dev-server.js';
import { findTemporalBinary } from '../../src/temporal/find-binary.js';
import { grpcTextReader } from '../support/grpc-text.js';
import { until } from '../support/program-process.js';
import { openGate, type TcpGate } from '../support/tcp-gate.js';
import { startServer } from '../support/start-server.js';

/** A delay that ends only when a test says so. */
const UNTIL_RELEASED_MS = 86_400_000;
/** Longer than any test. */
const FOREVER_MS = 600_000;

/** A run on its way to the boundary at which its worker is killed. */
interface Scene {
  /** Between the worker and the Temporal server. */
  readonly temporal: TcpGate;
  /** Between the worker and the twin. */
  readonly twin: TcpGate;
  /** Calls of an action that reached the twin. */
  readonly calls: (action: string) => number;
  /** Endpoints that the twin made for this run. */
  readonly endpoints: () => readonly string[];
  readonly view: () => Promise<RunView>;
  /** How many signals the workflow that is notified has got. */
  readonly signals: () => Promise<number>;
  /** Whether the engine told the run that its signal was delivered. */
  readonly knowsOfSignal: () => Promise<boolean>;
  /** End the delay of a call that is held until it is released. */
  readonly release: () => void;
}

interface Boundary {
  readonly at: string;
  /** What of the twin goes wrong, by action. */
  readonly faults?: Readonly<Record<string, FaultEffect>>;
  /** Set the gates, before the run starts. */
  readonly prepare?: (scene: Scene) => void;
  /** Resolves when the worker stands at the boundary. */
  readonly reach: (scene: Scene) => Promise<void>;
  /** What is true at the kill, and makes it this boundary and no other. */
  readonly atKill: (scene: Scene) => unknown;
  /** What the test does once the second worker runs. */
  readonly afterwards?: (scene: Scene) => Promise<void>;
  /** What comes of it; `creates` counts the create calls that reached the twin. */
  readonly ends: { readonly outcome: ProvisionResult['outcome']; readonly creates: number; readonly epochs: string[] };
}

const CREATE = 'CreateVpcEndpoint';
const LIST = 'ListVpcEndpoints';
const GET = 'GetVpcEndpointAttribute';
const ZONES = 'ListVpcEndpointZones';
/** In the answer to a create call, and in no answer before it. */
const MADE = '"EndpointId":"ep-';

const holdsCreateAnswer = ({ twin }: Scene) => twin.onSight('down', MADE, () => twin.hold('down'));
const createAnswerHeld = ({ twin }: Scene) => until('the answer is held', () => twin.held('down').includes(MADE));

const BOUNDARIES: readonly Boundary[] = [
  {
    at: 'before the look-up',
    prepare: ({ twin }) => twin.hold('up'),
    reach: ({ twin }) => until('the look-up leaves the worker', () => twin.held('up').includes(LIST)),
    atKill: ({ calls }) => expect(calls(LIST)).toBe(0),
    ends: { outcome: 'created', creates: 1, epochs: ['1'] },
  },
  {
    at: 'in the look-up',
    faults: { [LIST]: { kind: 'delayMs', ms: FOREVER_MS } },
    reach: ({ calls }) => until('the look-up is under way', () => calls(LIST) === 1),
    atKill: ({ calls }) => expect(calls(CREATE)).toBe(0),
    ends: { outcome: 'created', creates: 1, epochs: ['1'] },
  },
  {
    at: 'between the look-up and the create call',
    // It is then that the server is asked for earlier runs.
    prepare: ({ twin, temporal }) => twin.onSight('down', '"Endpoints":[]', () => temporal.hold('up')),
    reach: ({ temporal }) => until('the worker asks on', () => temporal.held('up').includes("WorkflowId = '")),
    atKill: ({ calls }) => expect([calls(LIST), calls(CREATE)]).toEqual([1, 0]),
    ends: { outcome: 'created', creates: 1, epochs: ['1'] },
  },
  {
    at: 'in the create call, which never arrives',
    prepare: ({ twin }) => twin.onSight('up', `Action=${CREATE}`, () => twin.hold('up')),
    reach: ({ twin }) => until('the create call leaves the worker', () => twin.held('up').includes(CREATE)),
    atKill: ({ calls }) => expect(calls(CREATE)).toBe(0),
    ends: { outcome: 'created', creates: 1, epochs: ['1'] },
  },
  {
    at: 'in the create call before its effect, which comes when the next worker has looked in vain',
    faults: { [CREATE]: { kind: 'delayBeforeMs', ms: UNTIL_RELEASED_MS } },
    reach: ({ calls }) => until('the create call is under way', () => calls(CREATE) === 1),
    atKill: ({ endpoints }) => expect(endpoints()).toEqual([]),
    afterwards: async ({ calls, release }) => {
      await until('the second worker is told that the first copy still runs', () => calls(CREATE) >= 2);
      release();
    },
    ends: { outcome: 'adopted', creates: 2, epochs: ['1'] },
  },
  {
    at: 'in the create call after its effect, before the answer',
    prepare: holdsCreateAnswer,
    reach: createAnswerHeld,
    atKill: ({ endpoints }) => expect(endpoints()).toHaveLength(1),
    ends: { outcome: 'adopted', creates: 1, epochs: ['1'] },
  },
  {
    at: 'after the answer to the create call, before the activity completed',
    prepare: holdsCreateAnswer,
    reach: async (scene) => {
      await createAnswerHeld(scene);
      scene.temporal.hold('up');
      scene.twin.open('down');
      const [made = '(none)'] = scene.endpoints();
      await until('the worker reports the endpoint', () => scene.temporal.held('up').includes(made));
    },
    atKill: async ({ view }) => expect((await view()).pending?.activityId).toBe('create.1'),
    ends: { outcome: 'adopted', creates: 1, epochs: ['1'] },
  },
  {
    at: 'while the run is parked',
    faults: { [CREATE]: { kind: 'code', code: 'QuotaMisMatched' } },
    reach: ({ view }) => until('it is parked', async () => (await view()).state?.phase === 'parked'),
    atKill: ({ calls }) => expect(calls(CREATE)).toBe(1),
    ends: { outcome: 'created', creates: 2, epochs: ['1', '2'] },
  },
  {
    at: "in the wait's look",
    faults: { [GET]: { kind: 'delayMs', ms: FOREVER_MS } },
    reach: ({ calls }) => until('the look is under way', () => calls(GET) === 1),
    atKill: ({ endpoints }) => expect(endpoints()).toHaveLength(1),
    ends: { outcome: 'created', creates: 1, epochs: ['1'] },
  },
  {
    at: 'between two looks',
    reach: ({ view }) => until('it waits for the next look', async () => ((await view()).pending?.attempt ?? 0) >= 2),
    atKill: ({ calls }) => expect(calls(ZONES)).toBe(0),
    ends: { outcome: 'created', creates: 1, epochs: ['1'] },
  },
  {
    at: 'in the call for the zones',
    faults: { [ZONES]: { kind: 'delayMs', ms: FOREVER_MS } },
    reach: ({ calls }) => until('the zones are asked for', () => calls(ZONES) === 1),
    atKill: ({ endpoints }) => expect(endpoints()).toHaveLength(1),
    ends: { outcome: 'created', creates: 1, epochs: ['1'] },
  },
  {
    at: 'in the notification, which is sent once',
    // The command to signal goes up; that it was carried out never comes down.
    prepare: ({ temporal }) => temporal.onSight('up', '"outcome":"ready"', () => temporal.hold('down')),
    reach: ({ temporal, knowsOfSignal }) =>
      until(
        'that the signal is delivered is held',
        async () => (await knowsOfSignal()) && temporal.held('down') !== '',
      ),
    atKill: async ({ view, signals }) => expect([(await view()).status, await signals()]).toEqual(['RUNNING', 1]),
    ends: { outcome: 'created', creates: 1, epochs: ['1'] },
  },
];

/** Real processes: each run has a worker of its own, which is killed with SIGKILL at its boundary; then comes another. */
describe('one endpoint, and the run ends ready, when its worker is killed', () => {
  let server: DevServer;
  let twin: Simulator;
  let connection: Connection;
  const releases: (() => void)[] = [];

  beforeAll(async () => {
    const log = (line: string) => process.stderr.write(`${line}\n`);
    const { path: binary } = await findTemporalBinary('temporal', { env: process.env, log });
    server = await startServer({ binary, env: process.env, dynamicConfig: FAST_TIMERS });
    twin = await startSimulator({
      settings: { timeToActive: { afterReads: 2 } },
      sleep: (ms, signal) =>
        ms === UNTIL_RELEASED_MS
          ? new Promise((resolve) => void releases.push(resolve))
          : pause(ms, undefined, { signal }),
    });
    connection = await Connection.connect({ address: server.address });
  });
  afterAll(async () => {
    await connection.close();
    await Promise.all([twin.close(), server.stop()]);
  });

  it.concurrent.for(BOUNDARIES.map((boundary, index) => ({ ...boundary, number: index + 1 })))(
    '$at',
    async ({ faults = {}, prepare, reach, atKill, afterwards, ends, number }, { onTestFinished }) => {
      const queue = `kill-${number}`;
      const RegionId = `cn-kill-${number}`;
      const temporal = new Client({ connection });
      const client = new ProvisioningClient({ client: temporal, taskQueue: queue, onWarning: () => undefined });
      for (const [action, effect] of Object.entries(faults)) {
        twin.faults.add({ action, parameters: { RegionId }, effect });
      }

      const gates = {
        temporal: await openGate(server.port, grpcTextReader),
        twin: await openGate(twin.port),
      };
      onTestFinished(async () => {
        await Promise.all([gates.temporal.close(), gates.twin.close()]);
      });
      const startWorker = async (temporalAddress: string, twinUrl: string): Promise<WorkerProcess> => {
        const worker = await startWorkerProcess({
          env: workerEnvironment(
            process.env,
            { temporalAddress, namespace: 'default', twinUrl },
            { PVL_TASK_QUEUE: queue },
          ),
          workerFile: fileURLToPath(new URL('../../lib/worker.js', import.meta.url)),
        });
        onTestFinished(async () => {
          await worker.kill('SIGKILL');
        });
        return worker;
      };

      // Nobody works on its queue: its history is all that counts.
      const listener = await temporal.workflow.start('listener', {
        workflowId: `listener-${number}`,
        taskQueue: `nobody-${number}`,
      });
      const workflowId = `kill/${number}`;
      const ofRegion = (action: string) =>
        twin.journal.requests.filter((call) => call.action === action && call.parameters['RegionId'] === RegionId);
      const scene: Scene = {
        ...gates,
        calls: (action) => ofRegion(action).length,
        endpoints: () => twin.journal.endpointsMade({ Key: WORKFLOW_TAG, Value: workflowId }),
        view: () => client.state(workflowId),
        signals: async () => {
          const { events } = await listener.fetchHistory();
          return (events ?? []).filter((event) => event.workflowExecutionSignaledEventAttributes).length;
        },
        knowsOfSignal: async () => {
          const { events } = await temporal.workflow.getHandle(workflowId).fetchHistory();
          return (events ?? []).some((event) => event.externalWorkflowExecutionSignaledEventAttributes);
        },
        release: () => releases.splice(0).forEach((release) => release()),
      };
      const input: ProvisionInput = {
        request: { RegionId, VpcId: 'vpc-1', ServiceId: 'epsrv-1', EndpointName: 'kill', SecurityGroupId: ['sg-1'] },
        retry: { quota: { initialInterval: '4s' } },
        notify: [{ workflowId: listener.workflowId }],
      };

      prepare?.(scene);
      const first = await startWorker(gates.temporal.address, `http://${gates.twin.address}`);
      await client.start(input, { workflowId });
      await reach(scene);
      expect(await first.kill('SIGKILL')).toEqual({ code: null, signal: 'SIGKILL' });
      await atKill(scene);

      await startWorker(server.address, twin.url);
      await afterwards?.(scene);
      const result = await client.result(workflowId);
      expect(result.endpoint?.EndpointStatus).toBe('Active');
      expect(scene.endpoints()).toEqual([result.endpoint?.EndpointId]);
      expect(result.outcome).toBe(ends.outcome);
      const tokens = ofRegion(CREATE).map(({ parameters }) => parameters['ClientToken'] ?? '(none)');
      expect(tokens).toHaveLength(ends.creates);
      const [base] = new Set(tokens.map((token) => token.replace(/\.\d+$/, '')));
      expect([...new Set(tokens)]).toEqual(ends.epochs.map((epoch) => `${base}.${epoch}`));
      expect(await scene.signals()).toBe(1);
    },
  );
});
