import { randomUUID } from 'node:crypto';
import { WorkflowFailedError, type ApplicationFailure } from '@temporalio/client';
import { describe, expect, it } from 'vitest';
import { acceptLaneId } from '../../src/contract/accept-lane.js';
import { acceptedUpdate, changeOptionsUpdate, extendDeadlineUpdate, stateQuery } from '../../src/contract/messages.js';
import { OUTCOME_MEMO, type CancelOutcome, type FailureDetails } from '../../src/contract/result.js';
import type { ExtendableWait } from '../../src/model/run-changes.js';
import {
  CACHE_MODES,
  eventually,
  inPhase,
  provision,
  scenario,
  startProvision,
  untilParked,
  useBench,
} from '../support/provision-bench.js';
import { advance } from '../support/virtual-time.js';

const MINUTE_MS = 60_000;
const MANUAL = { ServiceId: 'epsrv-manual', AutoAcceptEnabled: false } as const;
const SETTINGS = { services: [MANUAL], connectMs: 0, disconnectMs: 0, accountOperationMs: 0 } as const;
const NEVER = { timeToActive: { afterReads: Infinity } } as const;
const SOON = { timeToActive: { afterReads: 3 } } as const;
const QUOTA = { kind: 'code', code: 'QuotaMisMatched' } as const;
const NOT_YET = { kind: 'code', code: 'EndpointConnectionNotFound' } as const;

type Scenario = ReturnType<typeof scenario> & { readonly account: string };
type Run = Awaited<ReturnType<typeof startProvision>>;

/** One place at which a run stands when something happens to it. */
interface Place {
  readonly name: string;
  /** Options of the run that gets there. */
  readonly options?: (s: Scenario) => object;
  /** What has to go wrong for it to get there. */
  readonly prepare?: (s: Scenario) => void;
  /** Resolves when it is there. */
  readonly reach: (s: Scenario, run: Run) => Promise<unknown>;
  /** What somebody does, so that it can end well. */
  readonly resume?: (s: Scenario) => Promise<unknown>;
  readonly wait: ExtendableWait;
  /** Whether an endpoint is there, or comes before a cancellation is noticed; `perhaps`: the attempt under way may make it. */
  readonly made: boolean | 'perhaps';
  /** A definite refusal of the next call, and the type that it ends with; `ready`: it is repeated. */
  readonly refusal: readonly [action: string, code: string, ends: string];
  /** The call whose answer is lost. */
  readonly lost: string;
}

describe.each(CACHE_MODES)('whatever happens, wherever a run stands, $name', ({ cache }) => {
  const bench = useBench({ ...cache, settings: SETTINGS });

  const letRun = (workflowId: string, minutes: number) =>
    advance(bench.connection, workflowId, minutes * MINUTE_MS).catch(() => undefined);
  const activate = (s: Scenario) => {
    for (const { EndpointId } of s.endpoints()) bench.twin.engine.setEndpoint(EndpointId, { EndpointStatus: 'Active' });
  };
  const manual = (s: Scenario) => ({
    request: { ...s.request, ...{ ServiceId: MANUAL.ServiceId } },
    until: 'Connected',
  });
  /** Until its connection waits for somebody. */
  const reachConnecting = async (s: Scenario, run: Run) => {
    await inPhase(run, 'waiting');
    await eventually('the endpoint is there', () => s.endpoints().length === 1);
    activate(s);
    await letRun(s.workflowId, 1);
    await inPhase(run, 'connecting');
  };
  const acceptByHand = async (s: Scenario) => {
    const EndpointId = s.endpoints()[0]?.EndpointId ?? '';
    const parameters = { RegionId: s.request.RegionId, ServiceId: MANUAL.ServiceId, EndpointId };
    await bench.twin.call('EnableVpcEndpointConnection', parameters);
  };

  const PLACES: readonly Place[] = [
    {
      name: 'in its first look',
      prepare: (s) => s.fault('ListVpcEndpoints', { kind: 'delayMs', ms: 700 }),
      reach: (s) => eventually('it looks', () => s.calls('ListVpcEndpoints') === 1),
      wait: 'accepted',
      made: 'perhaps',
      refusal: ['CreateVpcEndpoint', 'VpcNotFound', 'RequestRejected'],
      lost: 'CreateVpcEndpoint',
    },
    {
      name: 'in the create call',
      prepare: (s) => s.fault('CreateVpcEndpoint', { kind: 'delayMs', ms: 700 }),
      reach: (s) => eventually('it creates', () => s.calls('CreateVpcEndpoint') === 1),
      wait: 'accepted',
      made: true,
      refusal: ['GetVpcEndpointAttribute', 'NoPermission', 'ready'],
      lost: 'GetVpcEndpointAttribute',
    },
    {
      name: 'backing off after a lost answer',
      prepare: (s) => {
        s.fault('CreateVpcEndpoint', { kind: 'loseResponse' });
        const parameters = { RegionId: s.request.RegionId };
        // With an undo to come, a look of its own comes before.
        for (const nth of [2, 3]) {
          bench.twin.faults.add({
            action: 'ListVpcEndpoints',
            parameters,
            nth,
            effect: { kind: 'throttle', timeLeftMs: 60_000 },
          });
        }
      },
      reach: async (s) => {
        await eventually('the answer was lost', () => s.calls('CreateVpcEndpoint') === 1);
        await eventually('its look is throttled', () => s.calls('ListVpcEndpoints') >= 2);
      },
      wait: 'accepted',
      made: true,
      refusal: ['ListVpcEndpoints', 'NoPermission', 'ready'],
      lost: 'ListVpcEndpoints',
    },
    {
      name: 'parked',
      prepare: (s) => s.fault('CreateVpcEndpoint', QUOTA),
      reach: (_, run) => untilParked(run),
      wait: 'parked',
      made: false,
      refusal: ['CreateVpcEndpoint', 'VpcNotFound', 'RequestRejected'],
      lost: 'CreateVpcEndpoint',
    },
    {
      name: 'waiting',
      reach: (_, run) => inPhase(run, 'waiting'),
      wait: 'active',
      made: true,
      refusal: ['GetVpcEndpointAttribute', 'NoPermission', 'ready'],
      lost: 'GetVpcEndpointAttribute',
    },
    {
      name: 'waiting for somebody to accept its connection',
      options: manual,
      reach: reachConnecting,
      resume: acceptByHand,
      wait: 'connected',
      made: true,
      refusal: ['GetVpcEndpointAttribute', 'NoPermission', 'ready'],
      lost: 'GetVpcEndpointAttribute',
    },
    {
      name: 'waiting for the lane of the owner',
      options: (s) => ({ ...manual(s), accept: { account: s.account } }),
      prepare: (s) => s.fault('EnableVpcEndpointConnection', NOT_YET),
      reach: async (s, run) => {
        await reachConnecting(s, run);
        await eventually('the lane has called', () => s.calls('EnableVpcEndpointConnection') === 1);
      },
      resume: (s) => advance(bench.connection, acceptLaneId(s.account), MINUTE_MS).catch(() => undefined),
      wait: 'connected',
      made: true,
      refusal: ['EnableVpcEndpointConnection', 'NoPermission', 'AccessDenied'],
      lost: 'EnableVpcEndpointConnection',
    },
  ];

  /** A run that stands at a place. */
  async function stand(place: Place, more: object = {}, before?: (s: Scenario) => Promise<unknown>) {
    const s: Scenario = { ...scenario(bench), account: `owner-${randomUUID()}` };
    await before?.(s);
    place.prepare?.(s);
    bench.twin.engine.configure(NEVER);
    const run = await startProvision(bench, { request: s.request, ...place.options?.(s), ...more }, s.workflowId);
    await place.reach(s, run);
    return { s, run };
  }

  /** Let a run end, whatever it needs for that, and say how it ended. */
  async function end(place: Place, s: Scenario, run: Run, { isCancelled = false } = {}) {
    const ended = run.result().then(
      ({ outcome, endpoint }) => ({ outcome: outcome, named: endpoint?.EndpointId, mayExist: true }),
      async (error: unknown) => {
        if (!(error instanceof WorkflowFailedError)) throw error;
        const { status, memo } = await run.describe();
        if (status.name === 'CANCELLED') {
          const { outcome, endpointId } = memo?.[OUTCOME_MEMO] as CancelOutcome;
          return {
            outcome: outcome,
            named: endpointId,
            mayExist: outcome === 'kept' || outcome === 'unknown',
          };
        }
        const { type, details } = error.cause as ApplicationFailure;
        const { endpointId, endpointMayExist } = details?.[0] as FailureDetails;
        return { outcome: type ?? '', named: endpointId, mayExist: endpointMayExist };
      },
    );
    const isOver = async () => (await run.describe()).status.name !== 'RUNNING';
    for (let minutes = 0; minutes < 60 && !(await isOver()); minutes += 5) {
      // An endpoint that gets ready in the same moment would win over the cancellation.
      if (!isCancelled) activate(s);
      await letRun(s.workflowId, 5);
      if (!isCancelled && s.endpoints().length > 0 && !(await isOver())) await place.resume?.(s);
    }
    bench.twin.engine.configure(SOON);
    return ended;
  }

  /** What must be true of every run that is over: nothing twice, nothing forgotten, nothing said that is not so. */
  function expectAccounted(s: Scenario, { named, mayExist }: Awaited<ReturnType<typeof end>>): void {
    const effects = bench.twin.journal.effects.filter(({ RegionId }) => RegionId === s.request.RegionId);
    expect(effects.filter(({ kind }) => kind === 'created').length).toBeLessThanOrEqual(1);
    const left = s.endpoints().map(({ EndpointId }) => EndpointId);
    expect(left).toEqual(mayExist ? [named] : []);
  }

  for (const place of PLACES) {
    describe(place.name, () => {
      it.each(['keep', 'delete'] as const)('a cancellation with onCancel "%s"', async (onCancel) => {
        const { s, run } = await stand(place, { onCancel });
        await run.cancel();
        const ended = await end(place, s, run, { isCancelled: true });
        const kept = onCancel === 'keep' ? 'kept' : 'removed';
        // A run that may have to delete looks in a step of its own.
        const made = place.made === 'perhaps' ? onCancel === 'keep' && ended.outcome === 'kept' : place.made;
        expect(ended.outcome).toBe(made ? kept : 'nothingCreated');
        expectAccounted(s, ended);
      });

      it('a second cancellation while the first is carried out', async () => {
        const { s, run } = await stand(place, { onCancel: 'delete' });
        await run.cancel();
        await eventually('it cleans up, or is over', async () => {
          const { status } = await run.describe();
          return status.name !== 'RUNNING' || (await run.query(stateQuery)).phase === 'cleaningUp';
        });
        await run.cancel();
        const ended = await end(place, s, run, { isCancelled: true });
        expect(ended.outcome).toBe(place.made === true ? 'removed' : 'nothingCreated');
        expectAccounted(s, ended);
      });

      it(`a refusal: ${place.refusal[1]} to ${place.refusal[0]}`, async () => {
        const [action, code, ends] = place.refusal;
        const { s, run } = await stand(place);
        s.fault(action, { kind: 'code', code });
        const ended = await end(place, s, run);
        expect(ended.outcome).toMatch(ends === 'ready' ? /^(?:created|adopted)$/ : ends);
        expectAccounted(s, ended);
      });

      it(`a lost answer to ${place.lost}`, async () => {
        const { s, run } = await stand(place);
        s.fault(place.lost, { kind: 'loseResponse' });
        const ended = await end(place, s, run);
        expect(ended.outcome).toMatch(/^(?:created|adopted)$/);
        expectAccounted(s, ended);
      });

      it('updates', async () => {
        const { s, run } = await stand(place);
        expect(await run.executeUpdate(extendDeadlineUpdate, { args: [{ wait: place.wait, by: '1h' }] })).toMatchObject(
          {
            wait: place.wait,
          },
        );
        await run.executeUpdate(changeOptionsUpdate, { args: [{ onFailure: 'delete', onCancel: 'delete' }] });
        const asked = run.executeUpdate(acceptedUpdate);
        const ended = await end(place, s, run);
        expect(['accepted', 'parked']).toContain((await asked).state);
        expect(ended.outcome).toMatch(/^(?:created|adopted)$/);
        expectAccounted(s, ended);
        expect(s.calls('RemoveZoneFromVpcEndpoint') + s.calls('DeleteVpcEndpoint')).toBe(0);
      });
    });
  }

  it.each(PLACES.filter(({ wait }) => wait === 'active' || wait === 'connected'))(
    'an adopted endpoint is never deleted, $name',
    async (place) => {
      const { s, run } = await stand(place, { onCancel: 'delete', onFailure: 'delete' }, async (before) => {
        bench.twin.engine.configure(SOON);
        const { request } = { request: before.request, ...place.options?.(before) };
        await provision(bench, { request }, before.workflowId);
        // Its statuses are what a new one has.
        const EndpointId = before.endpoints()[0]?.EndpointId ?? '';
        bench.twin.engine.setEndpoint(EndpointId, { EndpointStatus: 'Creating' });
      });
      await run.cancel();
      const ended = await end(place, s, run, { isCancelled: true });
      expect(ended.outcome).toBe('kept');
      expectAccounted(s, ended);
      expect(s.calls('RemoveZoneFromVpcEndpoint') + s.calls('DeleteVpcEndpoint')).toBe(0);
    },
  );
});
