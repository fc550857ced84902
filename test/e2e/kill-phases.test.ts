import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { workerEnvironment } from '../../src/cli/stack-environment.js';
import { startWorkerProcess, type WorkerProcess } from '../../src/cli/worker-process.js';
import { ProvisioningClient } from '../../src/client/index.js';
import type { ProvisionInput } from '../../src/contract/input.js';
import type { Phase } from '../../src/contract/messages.js';
import { WORKFLOW_TAG } from '../../src/model/owner-tags.js';
import { staticCredentials } from '../../src/privatelink/credentials.js';
import { PopCorePrivateLinkApi } from '../../src/privatelink/pop-core-private-link-api.js';
import { startSimulator, type FaultEffect, type Simulator } from '../../src/simulator/index.js';
import { FAST_TIMERS, type DevServer } from '../../src/temporal/dev-server.js';
import { findTemporalBinary } from '../../src/temporal/find-binary.js';
import { TWIN_CREDENTIALS } from '../../src/worker/cloud-accounts.js';
import { until } from '../support/program-process.js';
import { startServer } from '../support/start-server.js';

/** Longer than any test: the call is under way until its worker is gone. */
const FOREVER_MS = 600_000;
const AFTER_ITS_EFFECT = { kind: 'delayMs', ms: FOREVER_MS } as const;
const BEFORE_ITS_EFFECT = { kind: 'delayBeforeMs', ms: FOREVER_MS } as const;

const MANUAL = { ServiceId: 'epsrv-manual', AutoAcceptEnabled: false } as const;
const NEVER = { timeToActive: { afterReads: Infinity } } as const;
const SOON = { timeToActive: { afterReads: 2 } } as const;

/** What is done to a run on its way, and where it stands when its worker is killed. */
interface Scene {
  readonly client: ProvisioningClient;
  readonly workflowId: string;
  /** Calls of an action that reached the twin. */
  readonly calls: (action: string) => number;
  /** Ids of the endpoints that the twin made for this run. */
  readonly made: () => readonly string[];
  /** Ids of those that exist. */
  readonly left: () => readonly string[];
  readonly inPhase: (phase: Phase) => Promise<void>;
  readonly acceptByHand: () => Promise<void>;
}

interface Case {
  readonly at: string;
  readonly input: (account: string) => Partial<ProvisionInput>;
  readonly isManual?: boolean;
  /** The call that is under way at the kill, by action. */
  readonly held?: Readonly<Record<string, FaultEffect>>;
  readonly reach: (scene: Scene) => Promise<unknown>;
  readonly afterwards?: (scene: Scene) => Promise<unknown>;
  /** How it ends: judged by the journal of the twin. */
  readonly ends: (scene: Scene) => Promise<unknown>;
}

const isConnected = async ({ client, workflowId, made }: Scene) => {
  const { endpoint, zones } = await client.result(workflowId);
  expect(endpoint).toMatchObject({ EndpointId: made()[0], ConnectionStatus: 'Connected' });
  expect(zones.every(({ ZoneStatus }) => ZoneStatus === 'Connected')).toBe(true);
};
const isRemoved = async ({ client, workflowId, made, left }: Scene) => {
  await expect(client.result(workflowId)).rejects.toMatchObject({
    outcome: { outcome: 'removed', endpointId: made()[0] },
  });
  expect(left()).toEqual([]);
};
const underWay = (action: string) => (scene: Scene) => until(`${action} is under way`, () => scene.calls(action) === 1);
const cancelled = (action: string) => async (scene: Scene) => {
  await scene.inPhase('waiting');
  await scene.client.cancel(scene.workflowId);
  await underWay(action)(scene);
};

const CASES: readonly Case[] = [
  {
    at: 'while its connection waits for a person',
    isManual: true,
    input: () => ({ until: 'Connected' }),
    reach: ({ inPhase }) => inPhase('connecting'),
    afterwards: ({ acceptByHand }) => acceptByHand(),
    ends: isConnected,
  },
  ...[AFTER_ITS_EFFECT, BEFORE_ITS_EFFECT].map((effect): Case => ({
    at: `in the call that accepts its connection (${effect.kind})`,
    isManual: true,
    input: (account) => ({ until: 'Connected', accept: { account } }),
    held: { EnableVpcEndpointConnection: effect },
    reach: underWay('EnableVpcEndpointConnection'),
    ends: isConnected,
  })),
  ...['RemoveZoneFromVpcEndpoint', 'DeleteVpcEndpoint'].flatMap((action) =>
    [AFTER_ITS_EFFECT, BEFORE_ITS_EFFECT].map((effect): Case => ({
      at: `cleaning up after a cancellation, in ${action} (${effect.kind})`,
      input: () => ({ onCancel: 'delete' }),
      held: { [action]: effect },
      reach: cancelled(action),
      ends: isRemoved,
    })),
  ),
  {
    at: 'while somebody waits to hear that it is accepted',
    input: () => ({}),
    held: { CreateVpcEndpoint: AFTER_ITS_EFFECT },
    reach: underWay('CreateVpcEndpoint'),
    ends: async ({ client, workflowId, made }) => {
      expect(await client.accepted(workflowId)).toMatchObject({ state: 'accepted', EndpointId: made()[0] });
      await client.cancel(workflowId);
      await expect(client.result(workflowId)).rejects.toMatchObject({ outcome: { outcome: 'kept' } });
    },
  },
];

/** Real processes: each run has a worker of its own, which is killed with SIGKILL; then comes another. */
describe('a run that loses its worker', () => {
  let server: DevServer;
  let twin: Simulator;
  let connection: Connection;
  const workers: WorkerProcess[] = [];

  beforeAll(async () => {
    const log = (line: string) => process.stderr.write(`${line}\n`);
    const { path: binary } = await findTemporalBinary('temporal', { env: process.env, log });
    server = await startServer({ binary, env: process.env, dynamicConfig: FAST_TIMERS });
    twin = await startSimulator({
      settings: {
        ...SOON,
        services: [MANUAL],
        accountOperationMs: 0,
        connectMs: 100,
        zoneRemovalMs: 100,
        deleteMs: 100,
      },
    });
    connection = await Connection.connect({ address: server.address });
  });
  afterAll(async () => {
    await Promise.all(workers.map((worker) => worker.kill('SIGKILL')));
    await connection.close();
    await Promise.all([twin.close(), server.stop()]);
  });

  async function startWorker(taskQueue: string, accounts: string): Promise<WorkerProcess> {
    const worker = await startWorkerProcess({
      env: workerEnvironment(
        process.env,
        { temporalAddress: server.address, namespace: 'default', twinUrl: twin.url },
        { PVL_TASK_QUEUE: taskQueue, PVL_ACCOUNTS: accounts },
      ),
      workerFile: fileURLToPath(new URL('../../lib/worker.js', import.meta.url)),
    });
    workers.push(worker);
    return worker;
  }

  it.for(CASES.map((of, index) => ({ ...of, number: index + 1 })))(
    'goes on, $at',
    async ({ input, isManual, held = {}, reach, afterwards, ends, number }) => {
      const taskQueue = `phase-${number}`;
      const RegionId = `cn-phase-${number}`;
      const owner = `owner-${number}`;
      const workflowId = `phase/${number}`;
      const client = new ProvisioningClient({
        client: new Client({ connection }),
        taskQueue,
        onWarning: () => undefined,
      });
      for (const [action, effect] of Object.entries(held)) {
        twin.faults.add({ action, parameters: { RegionId }, effect });
      }
      const made = () => twin.journal.endpointsMade({ Key: WORKFLOW_TAG, Value: workflowId });
      const scene: Scene = {
        client,
        workflowId,
        made,
        calls: (action) =>
          twin.journal.requests.filter((call) => call.action === action && call.parameters['RegionId'] === RegionId)
            .length,
        left: () =>
          twin.engine
            .inspect()
            .filter((endpoint) => endpoint.RegionId === RegionId)
            .map(({ EndpointId }) => EndpointId),
        inPhase: (phase) =>
          until(`the run is ${phase}`, async () => (await client.state(workflowId)).state?.phase === phase),
        acceptByHand: async () => {
          const api = new PopCorePrivateLinkApi({
            endpoint: twin.url,
            credentials: staticCredentials(TWIN_CREDENTIALS),
          });
          const EndpointId = made()[0] ?? '';
          await api.enableVpcEndpointConnection({ RegionId, ServiceId: MANUAL.ServiceId, EndpointId });
          api.close();
        },
      };
      // One that is cancelled has to wait for something.
      twin.engine.configure(Object.keys(held).some((action) => /^(?:Remove|Delete)/.test(action)) ? NEVER : SOON);

      const first = await startWorker(taskQueue, `default,${owner}`);
      const request = {
        RegionId,
        VpcId: 'vpc-1',
        ServiceId: isManual === true ? MANUAL.ServiceId : 'epsrv-1',
        EndpointName: 'phase',
        SecurityGroupId: ['sg-1'],
        Zone: [{ ZoneId: `${RegionId}-b`, VSwitchId: 'vsw-1' }],
      };
      await client.start({ request, ...input(owner) }, { workflowId });
      await reach(scene);
      expect(await first.kill('SIGKILL')).toEqual({ code: null, signal: 'SIGKILL' });
      expect((await client.state(workflowId)).status).toBe('RUNNING');

      const second = await startWorker(taskQueue, `default,${owner}`);
      await afterwards?.(scene);
      await ends(scene);
      expect(made()).toHaveLength(1);
      await second.kill('SIGTERM');
    },
  );

  it.each(['RemoveZoneFromVpcEndpoint', 'DeleteVpcEndpoint'])(
    'removes an endpoint all the same, killed in %s of a removal',
    async (action) => {
      twin.engine.configure(SOON);
      const taskQueue = `removal-${action}`;
      const RegionId = `cn-${action.toLowerCase()}`;
      const client = new ProvisioningClient({
        client: new Client({ connection }),
        taskQueue,
        onWarning: () => undefined,
      });
      const first = await startWorker(taskQueue, 'default');
      const Zone = ['b', 'c'].map((zone) => ({ ZoneId: `${RegionId}-${zone}`, VSwitchId: `vsw-${zone}` }));
      const request = {
        RegionId,
        VpcId: 'vpc-1',
        ServiceId: 'epsrv-1',
        EndpointName: 'removal',
        SecurityGroupId: ['sg-1'],
        Zone,
      };
      const { endpoint } = await client.provision({ request });
      const EndpointId = endpoint?.EndpointId ?? '';
      twin.faults.add({ action, parameters: { RegionId }, effect: AFTER_ITS_EFFECT });
      const { workflowId } = await client.startDeprovision({ RegionId, EndpointId });
      const calls = (of: string) =>
        twin.journal.requests.filter((call) => call.action === of && call.parameters['RegionId'] === RegionId).length;
      await until(`${action} is under way`, () => calls(action) === 1);
      await first.kill('SIGKILL');
      await startWorker(taskQueue, 'default');
      expect(await client.deprovision({ RegionId, EndpointId })).toMatchObject({ outcome: 'deleted', EndpointId });
      expect((await client.state(workflowId)).status).toBe('COMPLETED');
      expect(twin.engine.inspect().filter((other) => other.RegionId === RegionId)).toEqual([]);
      // Nothing was asked for twice: the second worker read how far the first had come.
      expect([calls('RemoveZoneFromVpcEndpoint'), calls('DeleteVpcEndpoint')]).toEqual([2, 1]);
    },
  );
});
