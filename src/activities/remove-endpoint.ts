import { activityInfo, log } from '@temporalio/activity';
import { isOwnedBy, type Owner } from '../model/owner-tags.js';
import { DEFAULT_POLL_SCHEDULE, pollDelayMs } from '../model/poll-schedule.js';
import type { AttemptRecord } from '../contract/result.js';
import { PrivateLinkError, type EndpointRef } from '../privatelink/port.js';
import { ActivityMemory } from './attempt-memory.js';
import { lastSeenOf, notReady } from './await-endpoint.js';
import { repeatLater } from './call-failure.js';
import { stopIfGivenUp } from './create-endpoint.js';
import type { ActivityDependencies } from './dependencies.js';

export interface RemoveInput {
  readonly account: string;
  readonly endpoint: EndpointRef;
  /**
   * Whose tags the endpoint must carry to be touched. Absent where it was made without tags: then the caller answers for
   * the id.
   */
  readonly owner?: Owner;
}

export type RemoveOutcome = { readonly attempts: readonly AttemptRecord[] } & (
  | { readonly kind: 'removed' }
  /** It cannot be removed, however often it is tried. `reason`: one sentence, with code and RequestId where there are any. */
  | { readonly kind: 'left'; readonly reason: string }
);

/** An endpoint that was never seen may be missing for so long after its creation: absence counts from then on. */
const QUIET_MS = 60_000;

/** Two looks at least this far apart prove that an endpoint is gone. */
const ABSENCE_SPACING_MS = 30_000;

/** Nobody but the STS user that made it can change this by trying again. */
const PROTECTED: readonly string[] = ['EndpointProtected', 'OperationDenied.EndpointProtected'];

/** The last zones of an endpoint of this type leave with the endpoint. */
const ZONES_LEAVE_WITH_IT = 'GatewayLoadBalancerZoneCountDeny';

/**
 * Read how far the removal of an endpoint has come, do the next step, and ask the engine to come again until it is gone.
 *
 * The steps: the zones, one after the other, because the service takes one change at a time; then the endpoint; then its
 * absence. Each attempt decides from what it reads, so that it may be repeated at will and resumed by any worker. Before
 * each change it makes sure of the owner tags; an endpoint with others is `left` and never touched. "Not yet" is a benign,
 * retryable failure; locks, throttles, unknown outcomes and missing permissions are repeated too. The deadline is the
 * activity's schedule-to-close time.
 *
 * `removed` is proven: GetVpcEndpointAttribute does not find the endpoint after a deletion was accepted or seen, or in two
 * looks 30 s apart.
 */
export function createRemoveEndpoint(deps: ActivityDependencies) {
  const random = deps.random ?? Math.random;
  const schedule = deps.pollSchedule ?? DEFAULT_POLL_SCHEDULE;

  return async function removeEndpoint({ account, endpoint: ref, owner }: RemoveInput): Promise<RemoveOutcome> {
    const { RegionId, EndpointId } = ref;
    const api = deps.privateLink(account, RegionId);
    const memory = new ActivityMemory();
    const info = activityInfo();
    const nowMs = info.currentAttemptScheduledTimestampMs;
    const elapsedMs = nowMs - info.scheduledTimestampMs;
    const attempts = () => memory.current.log;
    const notYet = (message: string, delayMs = pollDelayMs(schedule, elapsedMs, random())) =>
      notReady(memory, message, delayMs);

    return memory.whileBeating(async () => {
      try {
        return await nextStep();
      } catch (error) {
        if (!(error instanceof PrivateLinkError)) throw error;
        memory.record(error.answer.action, error.code, error.requestId);
        if (error.class === 'invalid' || PROTECTED.includes(error.code)) return left(error.message);
        if (memory.isFirstWarning(error.code)) {
          log.warn('A step of a removal failed; it is repeated until the deadline', { EndpointId, seen: error.code });
        }
        throw repeatLater(error, memory, random, RegionId);
      }
    });

    async function nextStep(): Promise<RemoveOutcome> {
      const { endpoint, absentCode, RequestId } = await api.getVpcEndpointAttribute(ref);
      memory.record('GetVpcEndpointAttribute', endpoint?.EndpointStatus ?? absentCode ?? '(none)', RequestId);
      // A connection that is not found says nothing of the endpoint itself: the next steps tell.
      if (endpoint === undefined && absentCode !== 'EndpointConnectionNotFound') return absent();
      if (endpoint !== undefined) memory.sawEndpoint(lastSeenOf(endpoint));
      if (endpoint?.EndpointStatus === 'Deleting') {
        memory.set({ leaving: true });
        throw notYet(`${EndpointId} is Deleting (RequestId ${RequestId})`);
      }
      if (owner !== undefined) {
        const tags = await readTags();
        if (tags === 'notListed') throw notYet(`${EndpointId} is not listed yet: whose tags it has is not known`);
        if (!isOwnedBy(tags, owner)) return left(`${EndpointId} does not carry the owner tags of this workflow id`);
      }
      if (await hasZonesToWaitFor()) throw notYet(`the zones of ${EndpointId} are being removed`);
      stopIfGivenUp(memory);
      const accepted = await api.deleteVpcEndpoint(ref);
      memory.record('DeleteVpcEndpoint', 'Accepted', accepted.RequestId);
      memory.set({ leaving: true });
      throw notYet(`the deletion of ${EndpointId} is accepted (RequestId ${accepted.RequestId})`);
    }

    function absent(): RemoveOutcome {
      memory.answered();
      const { leaving = false, seen, absentSinceMs } = memory.current;
      if (leaving) return { kind: 'removed', attempts: attempts() };
      if (!seen && elapsedMs < QUIET_MS) {
        throw notYet(`${EndpointId} is not found: it may be too new`, QUIET_MS - elapsedMs + 1_000);
      }
      if (absentSinceMs !== undefined && nowMs - absentSinceMs >= ABSENCE_SPACING_MS) {
        return { kind: 'removed', attempts: attempts() };
      }
      if (absentSinceMs === undefined) memory.set({ absentSinceMs: nowMs });
      throw notYet(`${EndpointId} is not found any more; looking once more`, ABSENCE_SPACING_MS + 1_000);
    }

    async function readTags() {
      const { Endpoints, RequestId } = await api.listVpcEndpoints({ RegionId, EndpointId });
      memory.record('ListVpcEndpoints', `${Endpoints.length} found`, RequestId);
      const listed = Endpoints.find((item) => item.EndpointId === EndpointId);
      return listed === undefined ? 'notListed' : listed.Tags;
    }

    /** Let the next zone go. @returns `false` where none is in the way of the endpoint's own deletion. */
    async function hasZonesToWaitFor(): Promise<boolean> {
      const { zones, RequestId } = await api.listVpcEndpointZones(ref);
      memory.record('ListVpcEndpointZones', zones === undefined ? 'Absent' : `${zones.length} found`, RequestId);
      if (zones === undefined) throw notYet(`the zones of ${EndpointId} are not found any more`);
      if (zones.some(({ ZoneStatus }) => ZoneStatus === 'Deleting')) return true;
      const [zone] = zones;
      if (zone === undefined) return false;
      stopIfGivenUp(memory);
      try {
        const accepted = await api.removeZoneFromVpcEndpoint({ ...ref, ZoneId: zone.ZoneId });
        memory.record('RemoveZoneFromVpcEndpoint', 'Accepted', accepted.RequestId);
        return true;
      } catch (error) {
        if (!(error instanceof PrivateLinkError) || error.code !== ZONES_LEAVE_WITH_IT) throw error;
        memory.record('RemoveZoneFromVpcEndpoint', error.code, error.requestId);
        return false;
      }
    }

    function left(reason: string): RemoveOutcome {
      return { kind: 'left', reason, attempts: attempts() };
    }
  };
}
