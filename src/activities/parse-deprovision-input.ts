import { activityInfo } from '@temporalio/activity';
import { durationMs } from '../model/duration.js';
import type { Problem } from '../model/request-rules.js';
import { DEPROVISION_DEFAULTS } from '../contract/deprovision.js';
import type { FleetPlace } from '../contract/search-attributes.js';
import type { EndpointRef } from '../privatelink/port.js';
import { checkDeprovisionInput } from '../schema/deprovision-input.js';
import type { ActivityDependencies } from './dependencies.js';

/** A checked input with every default filled in: what the rest of a removal works with. Plain JSON. */
export interface Deprovision {
  readonly account: string;
  /** Queue of the activities that call the cloud for this account. */
  readonly activityTaskQueue: string;
  /** Queue of its removals. Absent in the histories of older versions: the same. */
  readonly writeTaskQueue?: string;
  readonly endpoint: EndpointRef;
  /** Whose owner tag the endpoint must carry; absent with ownership `any`. */
  readonly installation?: string;
  readonly timeouts: { readonly deletedMs: number };
  readonly notify: readonly { readonly workflowId: string; readonly signal: string }[];
  /** Where the run keeps what the list of all runs shows. */
  readonly fleet: FleetPlace;
}

export type ParsedDeprovision =
  | { readonly ok: true; readonly deprovision: Deprovision }
  | { readonly ok: false; readonly problems: readonly Problem[]; readonly fleet: FleetPlace };

/** The same for removals as `parseInput` for provisions: check an input and fill in its defaults. Calls nothing. */
export function createParseDeprovisionInput(
  deps: Pick<ActivityDependencies, 'installation' | 'accountTaskQueue' | 'writeTaskQueue' | 'fleet'>,
) {
  const { accountTaskQueue, writeTaskQueue = accountTaskQueue, fleet = 'memo' } = deps;
  return async function parseDeprovisionInput(raw: unknown): Promise<ParsedDeprovision> {
    const { namespace, taskQueue } = activityInfo();
    const checked = checkDeprovisionInput(raw);
    if (!checked.ok) return { ok: false, problems: checked.problems, fleet };
    const { RegionId, EndpointId, ownership, timeouts, notify = [], ...rest } = checked.input;
    const { account = DEPROVISION_DEFAULTS.account } = rest;
    return {
      ok: true,
      deprovision: {
        account,
        activityTaskQueue: accountTaskQueue(taskQueue, account, RegionId),
        writeTaskQueue: writeTaskQueue(taskQueue, account, RegionId),
        endpoint: { RegionId, EndpointId },
        ...(ownership === 'any' ? {} : { installation: deps.installation ?? namespace }),
        timeouts: { deletedMs: durationMs(timeouts?.deleted ?? DEPROVISION_DEFAULTS.timeouts.deleted) },
        notify: notify.map(({ workflowId, signal = DEPROVISION_DEFAULTS.signal }) => ({ workflowId, signal })),
        fleet,
      },
    };
  };
}
