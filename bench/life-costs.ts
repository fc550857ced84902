import type { ProvisionInput } from '../src/contract/input.js';
import { acceptLaneId } from '../src/contract/accept-lane.js';
import type { SettingsChange } from '../src/testing/index.js';
import { allTrue, claimsText, type Claim } from './claims.js';
import { forManualService, onStage, until, type LifeStage, type Part, type StagePlace } from './life-stage.js';
import { machineText } from './machine.js';
import { table } from './table.js';

/** What one run costs: calls to the API by action, and events of its history. */
interface Cost {
  readonly what: string;
  readonly calls: Readonly<Record<string, number>>;
  readonly events: number;
  /** Of the lane that accepted its connection. */
  readonly laneEvents?: number;
}

/** Actions in the order of a life; a table has those that were called. */
const ACTIONS = {
  ListVpcEndpoints: 'List',
  CreateVpcEndpoint: 'Create',
  GetVpcEndpointAttribute: 'Get',
  ListVpcEndpointZones: 'ListZones',
  EnableVpcEndpointConnection: 'Enable',
  RemoveZoneFromVpcEndpoint: 'RemoveZone',
  DeleteVpcEndpoint: 'Delete',
} as const;

const AT_ONCE = { timeToActive: { afterMs: 0 }, connectMs: 0, zoneRemovalMs: 0, deleteMs: 0 } as const;
const IN_SECONDS = {
  timeToActive: { afterMs: 5_000 },
  connectMs: 2_000,
  zoneRemovalMs: 2_000,
  deleteMs: 5_000,
} as const;

/** Calls and events of one run of each kind, and events of what callers ask of a run. */
export async function measureCosts(place: StagePlace): Promise<Part> {
  const lives = [];
  for (const [name, settings] of Object.entries({ 'at-once': AT_ONCE, 'in-seconds': IN_SECONDS })) {
    lives.push({ settings, costs: await onStage(place, { name, settings }, measureLife) });
  }
  const controls = await onStage(place, { name: 'controls', settings: AT_ONCE }, measureControls);
  const claims: Claim[] = lives.flatMap(({ costs }) => [
    ['nobody created more than once', costs.every(({ calls }) => (calls['CreateVpcEndpoint'] ?? 0) <= 1)],
    ['the lane called once', costs.every(({ calls }) => (calls['EnableVpcEndpointConnection'] ?? 0) <= 1)],
  ]);
  claims.push([
    'a refused update leaves no event',
    controls.some(([what, events]) => what === REFUSED && events === 0),
  ]);
  const text = [
    ...lives.map(({ settings, costs }) => `\n${settingsText(settings)}\n${costTable(costs)}`),
    `\n${table([['asked of a run', 'history events'], ...controls.map(([what, events]) => [what, String(events)])])}`,
    machineText(),
    claimsText(claims),
  ];
  return { text: text.join('\n'), holds: allTrue(claims) };
}

async function measureLife(stage: LifeStage): Promise<Cost[]> {
  const oneZone = stage.newInput();
  const threeZones = withZones(stage.newInput(), ['a', 'b', 'c']);
  const costs = [await provisionCost(stage, 'create until Active', oneZone)];
  await provisionCost(stage, 'create with three zones', threeZones);
  costs.push(
    await provisionCost(stage, 'until Connected, accepted by the service', { ...stage.newInput(), until: 'Connected' }),
    await acceptedByLane(stage),
    await removalCost(stage, 'delete, 1 zone', oneZone),
    await removalCost(stage, 'delete, 3 zones', threeZones),
  );
  return costs;
}

async function provisionCost(stage: LifeStage, what: string, input: ProvisionInput): Promise<Cost> {
  const { workflowId } = await stage.client.start(input);
  await stage.client.result(workflowId);
  return { what, calls: callsIn(stage, input), events: await eventsOf(stage, workflowId) };
}

async function acceptedByLane(stage: LifeStage): Promise<Cost> {
  const input = forManualService(stage.newInput());
  const laneId = acceptLaneId(stage.owner);
  const asked = { ...input, until: 'Connected', accept: { account: stage.owner } } as const;
  const cost = await provisionCost(stage, 'until Connected, accepted by the lane', asked);
  await stage.temporal.workflow.getHandle(laneId).result();
  return { ...cost, laneEvents: await eventsOf(stage, laneId) };
}

async function removalCost(stage: LifeStage, what: string, input: ProvisionInput): Promise<Cost> {
  const { RegionId } = input.request;
  const [endpoint] = stage.twin.engine.inspect().filter((found) => found.RegionId === RegionId);
  if (endpoint === undefined) throw new Error(`There is no endpoint in ${RegionId}`);
  const before = callsIn(stage, input);
  const { workflowId } = await stage.client.startDeprovision({ RegionId, EndpointId: endpoint.EndpointId });
  await stage.client.result(workflowId);
  const calls = Object.entries(callsIn(stage, input)).map(([action, count]) => [action, count - (before[action] ?? 0)]);
  return { what, calls: Object.fromEntries(calls) as Cost['calls'], events: await eventsOf(stage, workflowId) };
}

const REFUSED = 'an update that is refused';

/** Events that each question or change adds to the history of a run that waits for its endpoint. */
async function measureControls(stage: LifeStage): Promise<(readonly [what: string, events: number])[]> {
  const { client, temporal, twin } = stage;
  const input = stage.newInput();
  const { RegionId } = input.request;
  twin.faults.add({ action: 'CreateVpcEndpoint', parameters: { RegionId }, effect: { kind: 'stuckCreating' } });
  const { workflowId } = await client.start(input);
  await until('the run waits', async () => (await pendingOf(stage, workflowId)).some((attempt) => attempt > 1));
  const added = async (ask: () => Promise<unknown>) => {
    const before = await eventsOf(stage, workflowId);
    await ask();
    return (await eventsOf(stage, workflowId)) - before;
  };
  const refused = () =>
    client.extendDeadline(workflowId, { wait: 'accepted', by: '1h' }).then(
      () => Promise.reject(new Error('A wait that is over was extended')),
      () => undefined,
    );
  const rows = [
    ['accepted', await added(() => client.accepted(workflowId))],
    ['extendDeadline', await added(() => client.extendDeadline(workflowId, { wait: 'active', by: '1h' }))],
    ['changeOptions', await added(() => client.changeOptions(workflowId, { onCancel: 'delete' }))],
    [REFUSED, await added(refused)],
  ] as const;
  await temporal.workflow.getHandle(workflowId).terminate('the benchmark is done with it');
  return [...rows, ...(await measureStarts(stage))];
}

/** The same run with and without the question in its start. */
async function measureStarts(stage: LifeStage) {
  const { client } = stage;
  const [plain, asked] = [stage.newInput(), stage.newInput()];
  const started = [await client.start(plain), await client.startAccepted(asked)];
  const events: number[] = [];
  for (const { workflowId } of started) {
    await client.result(workflowId);
    events.push(await eventsOf(stage, workflowId));
  }
  return [['accepted with the start (startAccepted)', (events[1] ?? 0) - (events[0] ?? 0)] as const];
}

/** How many attempts each pending activity of a run has had, the one to come included. */
async function pendingOf({ temporal }: LifeStage, workflowId: string): Promise<number[]> {
  const { raw } = await temporal.workflow.getHandle(workflowId).describe();
  return (raw.pendingActivities ?? []).map(({ attempt }) => attempt ?? 1);
}

async function eventsOf({ temporal }: LifeStage, workflowId: string): Promise<number> {
  const { events } = await temporal.workflow.getHandle(workflowId).fetchHistory();
  return events?.length ?? 0;
}

function callsIn({ twin }: LifeStage, { request }: ProvisionInput): Record<string, number> {
  const calls: Record<string, number> = {};
  for (const { action, parameters } of twin.journal.requests) {
    if (parameters['RegionId'] === request.RegionId) calls[action] = (calls[action] ?? 0) + 1;
  }
  return calls;
}

function withZones(input: ProvisionInput, letters: readonly string[]): ProvisionInput {
  const { request } = input;
  const Zone = letters.map((letter) => ({ ZoneId: `${request.RegionId}-${letter}`, VSwitchId: `vsw-${letter}` }));
  return { ...input, request: { ...request, Zone } };
}

function settingsText(settings: SettingsChange): string {
  return `  twin: ${JSON.stringify(settings)}`;
}

function costTable(costs: readonly Cost[]): string {
  const called = Object.entries(ACTIONS).filter(([action]) => costs.some(({ calls }) => (calls[action] ?? 0) > 0));
  const heading = ['run', ...called.map(([, short]) => short), 'calls', 'history events', 'of the lane'];
  const rows = costs.map(({ what, calls, events, laneEvents }) => [
    what,
    ...called.map(([action]) => String(calls[action] ?? 0)),
    String(Object.values(calls).reduce((sum, count) => sum + count, 0)),
    String(events),
    laneEvents === undefined ? '-' : String(laneEvents),
  ]);
  return table([heading, ...rows]);
}
