import { setTimeout as pause } from 'node:timers/promises';
import { WorkflowFailedError } from '@temporalio/client';
import type { ProvisionInput } from '../src/contract/input.js';
import { OUTCOME_MEMO, type CancelOutcome } from '../src/contract/result.js';
import type { FaultEffect } from '../src/testing/index.js';
import { allTrue, claimsText, type Claim } from './claims.js';
import { forManualService, onStage, until, type LifeStage, type Part, type StagePlace } from './life-stage.js';
import { machineText } from './machine.js';
import { spreadOf, spreadText } from './statistics.js';
import { table } from './table.js';

type OnCancel = 'keep' | 'delete';

/** A moment in the life of a run at which it is cancelled. */
interface Moment {
  readonly name: string;
  /** What goes wrong in the region of the run. */
  readonly faults: readonly {
    readonly action: string;
    readonly nth?: number;
    readonly times?: 'always';
    readonly effect: FaultEffect;
  }[];
  /** What the run is asked for, beside its request. */
  readonly wants?: (input: ProvisionInput) => ProvisionInput;
  readonly isReached: (stage: LifeStage, workflowId: string, regionId: string) => boolean | Promise<boolean>;
  readonly leaves: 'anEndpoint' | 'nothing';
}

/** How long a create call that is in flight takes. The cancellation comes as soon as it has reached the twin. */
const IN_FLIGHT_MS = 1_000;

/** Between two starts, so that the runs do not act in step. */
const STAGGER_MS = 500;

const MOMENTS: readonly Moment[] = [
  {
    name: 'creating, the call takes 1 s more',
    faults: [{ action: 'CreateVpcEndpoint', effect: { kind: 'delayMs', ms: IN_FLIGHT_MS } }],
    isReached: ({ twin }, _workflowId, regionId) => countOf(twin, 'CreateVpcEndpoint', regionId) === 1,
    leaves: 'anEndpoint',
  },
  {
    name: 'creating, backs off after a lost answer',
    faults: [
      { action: 'CreateVpcEndpoint', effect: { kind: 'loseResponse' } },
      // Of the attempt that follows: the run is then sure to be between two attempts.
      { action: 'ListVpcEndpoints', nth: 2, effect: { kind: 'throttle', timeLeftMs: 60_000 } },
    ],
    isReached: (stage, workflowId) => isBackingOff(stage, workflowId, 'create.1', 3),
    leaves: 'anEndpoint',
  },
  {
    name: 'creating, backs off after a call that never arrived',
    faults: [{ action: 'CreateVpcEndpoint', times: 'always', effect: { kind: 'resetBefore' } }],
    isReached: (stage, workflowId) => isBackingOff(stage, workflowId, 'create.1', 3),
    leaves: 'nothing',
  },
  {
    name: 'parked',
    faults: [{ action: 'CreateVpcEndpoint', times: 'always', effect: { kind: 'code', code: 'QuotaMisMatched' } }],
    isReached: async (stage, workflowId, regionId) =>
      countOf(stage.twin, 'CreateVpcEndpoint', regionId) === 1 && (await isIdle(stage, workflowId)),
    leaves: 'nothing',
  },
  {
    name: 'waiting',
    faults: [{ action: 'CreateVpcEndpoint', effect: { kind: 'stuckCreating' } }],
    isReached: (stage, workflowId) => isBackingOff(stage, workflowId, 'wait-active', 2),
    leaves: 'anEndpoint',
  },
  {
    name: 'connecting',
    faults: [],
    wants: (input) => ({ ...forManualService(input), until: 'Connected' }),
    isReached: (stage, workflowId) => isBackingOff(stage, workflowId, 'wait-connected', 2),
    leaves: 'anEndpoint',
  },
];

interface Cancelled {
  readonly ms: number;
  readonly outcome: CancelOutcome['outcome'];
}

/** From a cancellation to the closed run with its outcome in the memo, at each moment, with both values of `onCancel`. */
export async function measureCancellations(place: StagePlace, runs: number): Promise<Part> {
  const settings = { timeToActive: { afterMs: 0 }, zoneRemovalMs: 0, deleteMs: 0 } as const;
  const rows: string[][] = [];
  const claims: Claim[] = [];
  await onStage(place, { name: 'cancel', settings }, async (stage) => {
    // The client waits for workers that are not listed yet, which would make the first cancellation late.
    await stage.client.provision(stage.newInput());
    for (const moment of MOMENTS) {
      for (const onCancel of ['keep', 'delete'] as const) {
        const all = await Promise.all(
          Array.from({ length: runs }, (_, run) => cancelOne(stage, moment, onCancel, run)),
        );
        const outcomes = [...new Set(all.map(({ outcome }) => outcome))];
        rows.push([
          moment.name,
          onCancel,
          outcomes.join(', '),
          spreadText(spreadOf(all.map(({ ms }) => ms / 1_000)), 2),
        ]);
        const wanted = moment.leaves === 'nothing' ? 'nothingCreated' : onCancel === 'keep' ? 'kept' : 'removed';
        claims.push([`${moment.name}, ${onCancel}: ${wanted}`, outcomes.every((outcome) => outcome === wanted)]);
      }
    }
  });
  const text = table([['cancelled while', 'onCancel', 'outcome', 'seconds'], ...rows]);
  const note = `  Medians (smallest to largest) of ${runs} runs each, a start each ${STAGGER_MS} ms.`;
  return { text: [text, note, machineText(), claimsText(claims)].join('\n'), holds: allTrue(claims) };
}

async function cancelOne(stage: LifeStage, moment: Moment, onCancel: OnCancel, run: number): Promise<Cancelled> {
  const { twin, client, temporal } = stage;
  await pause(run * STAGGER_MS);
  const plain = stage.newInput();
  const { RegionId } = plain.request;
  twin.faults.add(...moment.faults.map((fault) => ({ ...fault, parameters: { RegionId } })));
  const input = { ...(moment.wants?.(plain) ?? plain), onCancel };
  const { workflowId } = await client.start(input);
  await until(`a run is ${moment.name}`, () => moment.isReached(stage, workflowId, RegionId));
  const handle = temporal.workflow.getHandle(workflowId);
  const closed = handle.result().then(
    () => 'ready',
    (error: unknown) => error,
  );
  const askedMs = performance.now();
  await client.cancel(workflowId);
  const end = await closed;
  const ms = performance.now() - askedMs;
  if (!(end instanceof WorkflowFailedError)) throw new Error(`${workflowId} was not cancelled`, { cause: end });
  const { memo } = await handle.describe();
  const told = memo?.[OUTCOME_MEMO] as CancelOutcome | undefined;
  if (told === undefined) throw new Error(`${workflowId} closed without an outcome`);
  return { ms, outcome: told.outcome };
}

function countOf({ journal }: LifeStage['twin'], action: string, regionId: string): number {
  const isThere = (call: (typeof journal.requests)[number]) =>
    call.action === action && call.parameters['RegionId'] === regionId;
  return journal.requests.filter(isThere).length;
}

/** Whether nothing is due but timers. */
async function isIdle(stage: LifeStage, workflowId: string): Promise<boolean> {
  const { pendingActivities, pendingWorkflowTask } = await pending(stage, workflowId);
  return pendingWorkflowTask == null && (pendingActivities ?? []).length === 0;
}

/** Whether an activity waits for its attempt of this number, or a later one. */
async function isBackingOff(stage: LifeStage, workflowId: string, id: string, attempt: number): Promise<boolean> {
  const { pendingActivities, pendingWorkflowTask } = await pending(stage, workflowId);
  const found = pendingActivities?.find(({ activityId }) => activityId === id);
  return pendingWorkflowTask == null && (found?.attempt ?? 0) >= attempt;
}

async function pending({ temporal }: LifeStage, workflowId: string) {
  return (await temporal.workflow.getHandle(workflowId).describe()).raw;
}
