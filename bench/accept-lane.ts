import { setTimeout as pause } from 'node:timers/promises';
import { NativeConnection, Worker } from '@temporalio/worker';
import { acceptLaneId, type AcceptanceNotice } from '../src/contract/accept-lane.js';
import type { CallParameters, ConnectionRef } from '../src/privatelink/port.js';
import { bundleToFile } from '../test/support/bundle-workflows.js';
import { WORKER_SETTINGS } from './bench-worker.js';
import { allTrue, claimsText, type Claim } from './claims.js';
import { forManualService, onStage, until, type LifeStage, type Part, type StagePlace } from './life-stage.js';
import { machineText } from './machine.js';
import type { acceptAlone, NaiveActivities } from './programs/naive-accept.js';
import { quantileOf } from './statistics.js';
import { table } from './table.js';

/** What accepting the connections of one account came to. Times are milliseconds. */
interface Accepting {
  readonly way: string;
  readonly accountOperationMs: number;
  readonly connections: number;
  readonly accepted: number;
  /** From the first request to the last connection that was accepted; where some were not, to the moment of giving up. */
  readonly wallMs: number;
  readonly calls: number;
  readonly collisions: number;
  /** Between one acceptance and the next. */
  readonly medianGapMs: number;
  /** Requests that were told of anything but their acceptance, and runs that are not Connected. */
  readonly surfaced?: number;
  readonly laneEvents?: number;
}

const ENABLE = 'EnableVpcEndpointConnection';
const COLLISION = 'ConcurrentCallNotSupported';

/** The twin's default. */
const OPERATION_MS = 1_000;

/**
 * Accept many connections of one account: by the lane, beside runs that each call for themselves with the engine's default
 * retries. Both at the same time on one server, each with a twin of its own; before that, the lane alone with operations
 * that take no time.
 */
export async function measureAcceptLane(place: StagePlace, connections: number, naiveMs: number): Promise<Part> {
  const atOnce = await byLane(place, 'lane-0', connections, 0);
  const [lane, naive] = await Promise.all([
    byLane(place, 'lane', connections, OPERATION_MS).then((measured) => ({ measured, machine: machineText() })),
    byEachAlone(place, connections, naiveMs),
  ]);
  const rows = [atOnce, lane.measured, naive];
  const claims: Claim[] = [atOnce, lane.measured].flatMap((row) => [
    [`all connections are accepted, ${row.accountOperationMs} ms`, row.accepted === connections],
    [`no collision surfaced, ${row.accountOperationMs} ms`, row.surfaced === 0],
  ]);
  const text = [acceptingTable(rows), `${lane.machine} at the end of the lane`, claimsText(claims)];
  return { text: text.join('\n'), holds: allTrue(claims) };
}

function acceptingTable(rows: readonly Accepting[]): string {
  const heading = [
    'way',
    'operation, ms',
    'accepted',
    'ideal, s',
    'wall, s',
    'ratio',
    'calls',
    'collisions',
    'surfaced',
  ];
  return table([
    [...heading, 'median gap, s', 'events of the lane'],
    ...rows.map((row) => {
      const idealMs = (row.connections - 1) * row.accountOperationMs;
      const atLeast = row.accepted < row.connections ? '> ' : '';
      return [
        row.way,
        String(row.accountOperationMs),
        `${row.accepted} of ${row.connections}`,
        (idealMs / 1_000).toFixed(1),
        `${atLeast}${(row.wallMs / 1_000).toFixed(1)}`,
        idealMs === 0 ? '-' : `${atLeast}${(row.wallMs / idealMs).toFixed(2)}`,
        String(row.calls),
        String(row.collisions),
        row.surfaced === undefined ? '-' : String(row.surfaced),
        (row.medianGapMs / 1_000).toFixed(2),
        row.laneEvents === undefined ? '-' : String(row.laneEvents),
      ];
    }),
  ]);
}

/** As many provisions at once, all with `accept` of one account. */
async function byLane(
  place: StagePlace,
  name: string,
  connections: number,
  accountOperationMs: number,
): Promise<Accepting> {
  return onStage(place, { name, settings: settingsOf(accountOperationMs) }, async (stage) => {
    const inputs = Array.from({ length: connections }, () => forManualService(stage.newInput()));
    const accept = { account: stage.owner };
    const results = await Promise.all(
      inputs.map((input) => stage.client.provision({ ...input, until: 'Connected', accept })),
    );
    const lane = stage.temporal.workflow.getHandle(acceptLaneId(stage.owner));
    await lane.result();
    const events = (await lane.fetchHistory()).events ?? [];
    const [first] = events.flatMap(({ workflowExecutionSignaledEventAttributes: signal, eventTime }) =>
      signal == null || eventTime == null ? [] : [Number(eventTime.seconds) * 1_000 + (eventTime.nanos ?? 0) / 1e6],
    );
    const notices = events.flatMap(({ signalExternalWorkflowExecutionInitiatedEventAttributes: told }) =>
      (told?.input?.payloads ?? []).map(
        ({ data }) => JSON.parse(Buffer.from(data ?? []).toString()) as AcceptanceNotice,
      ),
    );
    const missing = results.filter(({ endpoint }) => endpoint?.ConnectionStatus !== 'Connected').length;
    return {
      ...acceptingOf(stage, connections, accountOperationMs, first),
      way: 'lane',
      surfaced: missing + notices.filter(({ outcome }) => outcome !== 'accepted').length,
      laneEvents: events.length,
    };
  });
}

/** As many runs at once that each accept one connection, given up after a time. */
async function byEachAlone(place: StagePlace, connections: number, withinMs: number): Promise<Accepting> {
  return onStage(place, { name: 'alone', settings: settingsOf(OPERATION_MS) }, async (stage) => {
    const waiting = await Promise.all(Array.from({ length: connections }, () => connectionOf(stage)));
    const taskQueue = 'bench-naive';
    const bundle = await bundleToFile(new URL('./programs/naive-accept.ts', import.meta.url));
    const native = await NativeConnection.connect({ address: place.address });
    const activities: NaiveActivities = {
      acceptConnection: async (connection) => {
        await stage.ownersPrivateLink.enableVpcEndpointConnection(connection);
      },
    };
    const worker = await Worker.create({
      ...WORKER_SETTINGS,
      connection: native,
      taskQueue,
      workflowBundle: { codePath: bundle.path },
      activities: { ...activities },
    });
    const running = worker.run();
    const handles = await Promise.all(
      waiting.map((connection) =>
        stage.temporal.workflow.start<typeof acceptAlone>('acceptAlone', {
          workflowId: `naive/${connection.EndpointId}`,
          taskQueue,
          args: [connection],
        }),
      ),
    );
    await Promise.race([
      Promise.allSettled(handles.map((handle) => handle.result())),
      pause(withinMs, undefined, { ref: false }),
    ]);
    const measured = acceptingOf(stage, connections, OPERATION_MS);
    await Promise.allSettled(handles.map((handle) => handle.terminate('the benchmark gives up')));
    worker.shutdown();
    await running;
    await native.close();
    await bundle.remove();
    return { ...measured, way: `each alone, ${withinMs / 60_000} min` };
  });
}

async function connectionOf({ privateLink, newInput, twin }: LifeStage): Promise<ConnectionRef> {
  const { request } = forManualService(newInput());
  const { RegionId, ServiceId = '' } = request;
  const { EndpointId } = await privateLink.createVpcEndpoint(request as unknown as CallParameters);
  await until(`${EndpointId} is Active`, () =>
    twin.engine.inspect().some((found) => found.EndpointId === EndpointId && found.EndpointStatus === 'Active'),
  );
  return { RegionId, ServiceId, EndpointId };
}

function settingsOf(accountOperationMs: number) {
  return { timeToActive: { afterMs: 0 }, connectMs: 0, accountOperationMs } as const;
}

/** What the journal of the twin says. @param firstMs - Of the first request, where that was not the first call. */
function acceptingOf({ twin }: LifeStage, connections: number, accountOperationMs: number, firstMs?: number) {
  const calls = twin.journal.requests.filter(({ action }) => action === ENABLE);
  const acceptedMs = calls.filter(({ status }) => status === 200).map(({ at }) => Date.parse(at));
  const gaps = acceptedMs.slice(1).map((at, index) => at - (acceptedMs[index] ?? at));
  const beganMs = firstMs ?? Date.parse(calls[0]?.at ?? '');
  return {
    accountOperationMs,
    connections,
    accepted: acceptedMs.length,
    wallMs: (acceptedMs.length < connections ? twin.now() : (acceptedMs.at(-1) ?? NaN)) - beganMs,
    calls: calls.length,
    collisions: calls.filter(({ code }) => code === COLLISION).length,
    medianGapMs: quantileOf(gaps, 0.5),
  };
}
