import { activityInfo, log } from '@temporalio/activity';
import type { Tag } from '../model/endpoint.js';
import { isOfInstallation, isOwnedBy, OWNER_TAG, type Owner } from '../model/owner-tags.js';
import { DEFAULT_POLL_SCHEDULE, pollDelayMs } from '../model/poll-schedule.js';
import type { RemainingEndpoint } from '../model/remaining-endpoint.js';
import type { AttemptRecord, LastSeen } from '../contract/result.js';
import { PrivateLinkError, type EndpointRef } from '../privatelink/port.js';
import { ActivityMemory } from './attempt-memory.js';
import { lastSeenOf, notReady } from './await-endpoint.js';
import { failedCall, repeatLater, type FailedCall } from './call-failure.js';
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
  /** Instead of an owner: the installation whose tag it must carry, whatever workflow made it. */
  readonly installation?: string;
  /** End where credentials or policy forbid a call, in place of repeating it until somebody repairs them. */
  readonly endsOnDenial?: boolean;
}

/** `lastSeen` and `zonesSeen` are absent in the histories of older versions. */
export type RemoveOutcome = {
  readonly attempts: readonly AttemptRecord[];
  /** Absent where the endpoint was never seen. */
  readonly lastSeen?: LastSeen;
  /** Ids of the zones that any attempt saw on it. */
  readonly zonesSeen?: readonly string[];
} & (
  | { readonly kind: 'removed' }
  /** It cannot be removed, however often it is tried. `reason`: one sentence, with code and RequestId where there are any. */
  | {
      readonly kind: 'left';
      readonly reason: string;
      /** The call that was refused; absent where the tags are not the ones that are asked for. */
      readonly refusal?: FailedCall;
      /** What the attempt had read of the endpoint before that. */
      readonly remains?: RemainingEndpoint;
    }
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
 * retryable failure; locks, throttles, unknown outcomes and, unless it `endsOnDenial`, missing permissions are repeated
 * too. The deadline is the activity's schedule-to-close time.
 *
 * `removed` is proven: GetVpcEndpointAttribute does not find the endpoint after a deletion was accepted or seen, or in two
 * looks 30 s apart.
 */
export function createRemoveEndpoint(deps: ActivityDependencies) {
  const random = deps.random ?? Math.random;
  const schedule = deps.pollSchedule ?? DEFAULT_POLL_SCHEDULE;

  return async function removeEndpoint(input: RemoveInput): Promise<RemoveOutcome> {
    const { account, endpoint: ref, endsOnDenial = false } = input;
    const { RegionId, EndpointId } = ref;
    const api = deps.privateLink(account, RegionId);
    const memory = new ActivityMemory();
    const info = activityInfo();
    const nowMs = info.currentAttemptScheduledTimestampMs;
    const elapsedMs = nowMs - info.scheduledTimestampMs;
    let remains: RemainingEndpoint | undefined;
    const notYet = (message: string, delayMs = pollDelayMs(schedule, elapsedMs, random())) =>
      notReady(memory, message, delayMs);

    return memory.whileBeating(async () => {
      try {
        return await nextStep();
      } catch (error) {
        if (!(error instanceof PrivateLinkError)) throw error;
        memory.record(error.answer.action, error.code, error.requestId);
        const isFinal = error.class === 'invalid' || (endsOnDenial && error.class === 'denied');
        if (isFinal || PROTECTED.includes(error.code)) return refusedBy(error);
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
      const { EndpointStatus } = endpoint ?? {};
      remains = { EndpointId, ...(EndpointStatus === undefined ? {} : { EndpointStatus }) };
      if (endpoint?.EndpointStatus === 'Deleting') {
        memory.set({ leaving: true });
        throw notYet(`${EndpointId} is Deleting (RequestId ${RequestId})`);
      }
      if (input.owner !== undefined || input.installation !== undefined) {
        const tags = await readTags();
        if (tags === 'notListed') throw notYet(`${EndpointId} is not listed yet: whose tags it has is not known`);
        const reason = whyNotOurs(tags, input);
        if (reason !== undefined) return { ...known(), kind: 'left', reason: `${EndpointId} ${reason}` };
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
      if (leaving) return { ...known(), kind: 'removed' };
      if (!seen && elapsedMs < QUIET_MS) {
        throw notYet(`${EndpointId} is not found: it may be too new`, QUIET_MS - elapsedMs + 1_000);
      }
      if (absentSinceMs !== undefined && nowMs - absentSinceMs >= ABSENCE_SPACING_MS) {
        return { ...known(), kind: 'removed' };
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
      const before = memory.current.zonesSeen ?? [];
      memory.set({ zonesSeen: [...new Set([...before, ...zones.map(({ ZoneId }) => ZoneId)])] });
      remains = { EndpointId, ...remains, zones: zones.map(({ ZoneId, ZoneStatus }) => statusOf(ZoneId, ZoneStatus)) };
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

    function refusedBy(error: PrivateLinkError): RemoveOutcome {
      const refusal = failedCall(error, { RegionId });
      const what = remains === undefined ? {} : { remains };
      return { ...known(), kind: 'left', reason: error.message, refusal, ...what };
    }

    function known(): Pick<RemoveOutcome, 'attempts' | 'lastSeen' | 'zonesSeen'> {
      const { log: attempts, lastSeen, zonesSeen } = memory.current;
      return {
        attempts,
        ...(lastSeen === undefined ? {} : { lastSeen }),
        ...(zonesSeen === undefined ? {} : { zonesSeen }),
      };
    }
  };
}

/** Why an endpoint must not be touched, as the end of a sentence; `undefined` where its tags are the right ones. */
function whyNotOurs(tags: readonly Tag[] | undefined, { owner, installation }: RemoveInput): string | undefined {
  if (owner !== undefined && !isOwnedBy(tags, owner)) return 'does not carry the owner tags of this workflow id';
  if (installation !== undefined && !isOfInstallation(tags, installation)) {
    return `does not carry the tag ${OWNER_TAG} of this installation`;
  }
  return undefined;
}

function statusOf(ZoneId: string, ZoneStatus: string | undefined) {
  return { ZoneId, ...(ZoneStatus === undefined ? {} : { ZoneStatus }) };
}
