import { activityInfo } from '@temporalio/activity';
import { FIND_ORPHANS_DEFAULTS } from '../contract/orphans.js';
import { DEFAULT_ACCOUNT } from '../contract/task-queues.js';
import { durationMs, type DurationText } from '../model/duration.js';
import type { Problem } from '../model/request-rules.js';
import { checkFindOrphansInput } from '../schema/orphans-input.js';
import type { ActivityDependencies } from './dependencies.js';

/** A checked input of a sweep with every default filled in. Plain JSON. */
export interface Sweep {
  readonly account: string;
  readonly RegionId: string;
  /** Value of the owner tag to look for. */
  readonly installation: string;
  readonly olderThan: DurationText;
  /** Queue of the activities that call the cloud for this account. */
  readonly activityTaskQueue: string;
  /** For the whole sweep. */
  readonly withinMs: number;
}

export type ParsedSweep =
  { readonly ok: true; readonly sweep: Sweep } | { readonly ok: false; readonly problems: readonly Problem[] };

/** Check the input of `findOrphans` and fill in its defaults. Runs where the workflow runs. Calls nothing. */
export function createParseFindOrphansInput(deps: Pick<ActivityDependencies, 'installation' | 'accountTaskQueue'>) {
  return async function parseFindOrphansInput(raw: unknown): Promise<ParsedSweep> {
    const info = activityInfo();
    const checked = checkFindOrphansInput(raw);
    if (!checked.ok) return checked;
    const {
      RegionId,
      account = DEFAULT_ACCOUNT,
      olderThan = FIND_ORPHANS_DEFAULTS.olderThan,
      timeouts,
    } = checked.input;
    return {
      ok: true,
      sweep: {
        account,
        RegionId,
        installation: deps.installation ?? info.namespace,
        olderThan,
        activityTaskQueue: deps.accountTaskQueue(info.taskQueue, account, RegionId),
        withinMs: durationMs(timeouts?.scanned ?? FIND_ORPHANS_DEFAULTS.timeouts.scanned),
      },
    };
  };
}
