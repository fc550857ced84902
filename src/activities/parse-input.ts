import { activityInfo } from '@temporalio/activity';
import { durationMs } from '../model/duration.js';
import type { Goal } from '../model/endpoint.js';
import { ownerTags, type Owner } from '../model/owner-tags.js';
import type { CreateVpcEndpointRequest } from '../model/request.js';
import { workflowIdProblems, type Problem } from '../model/request-rules.js';
import { INPUT_DEFAULTS, type ParkPolicyInput, type ProvisionInput } from '../contract/input.js';
import type { FleetPlace } from '../contract/search-attributes.js';
import { checkInput } from '../schema/check-input.js';
import type { ActivityDependencies } from './dependencies.js';

/** A queue that is still full after a day has a pace that does not fit, or no worker. */
const QUEUED_AT_MOST_MS = 86_400_000;

/** How to wait for a refusal to pass. */
export interface ParkPolicy {
  readonly initialIntervalMs: number;
  readonly backoffCoefficient: number;
  readonly maximumIntervalMs: number;
  readonly timeoutMs: number;
}

/** A checked input with every default filled in: what the rest of the run works with. Plain JSON. */
export interface Provision {
  readonly account: string;
  /** Queue of the activities that call the cloud for this account. */
  readonly activityTaskQueue: string;
  /** Queue of its create calls. Absent in the histories of older versions: the same. */
  readonly createTaskQueue?: string;
  /** Queue of its removals, likewise. */
  readonly writeTaskQueue?: string;
  /** Where its region may be watched: queues of the workflows and of the activity that watches. Absent: nowhere. */
  readonly watch?: {
    readonly taskQueue: string;
    readonly activityTaskQueue: string;
    /** A run that looks for itself looks at once when it is told. Absent in the histories of older versions, where it did not. */
    readonly heedsHints?: true;
  };
  /** Exactly what is sent, our tags included; only the client token is added for each epoch. */
  readonly request: CreateVpcEndpointRequest;
  readonly extraParameters: Readonly<Record<string, string | number | boolean>>;
  readonly dryRun: boolean;
  /** The caller's ClientToken. */
  readonly tokenBase?: string;
  /** Whose tags the endpoint carries; absent with `ownerTags: false`. */
  readonly owner?: Owner;
  /** What an endpoint that exists already means. Absent in the histories of older versions: `adoptOwn`. */
  readonly ifExists?: NonNullable<ProvisionInput['ifExists']>;
  /** What to do with the endpoint of a run that fails or is cancelled. Absent in the histories of older versions: `keep`. */
  readonly onFailure?: NonNullable<ProvisionInput['onFailure']>;
  readonly onCancel?: NonNullable<ProvisionInput['onCancel']>;
  /** When the run is done. Absent in the histories of older versions: `Active`. */
  readonly until?: Goal;
  /**
   * Whose lane is asked to accept the connection, and the queue of its acceptances; `regionId` where the region of the
   * service has a lane of its own.
   */
  readonly accept?: { readonly account: string; readonly activityTaskQueue: string; readonly regionId?: string };
  /**
   * `connectedMs` is absent in the histories of older versions; so is `queuedMs`, the longest time that a create call waits
   * for its turn in its queue, which counts as part of `acceptedMs` there.
   */
  readonly timeouts: {
    readonly acceptedMs: number;
    readonly activeMs: number;
    readonly connectedMs?: number;
    readonly queuedMs?: number;
  };
  /** `null`: fail at once. */
  readonly park: { readonly quota: ParkPolicy | null; readonly status: ParkPolicy | null };
  readonly notify: readonly { readonly workflowId: string; readonly signal: string }[];
  /** Where the run keeps what the list of all runs shows. Absent in the histories of older versions: nowhere. */
  readonly fleet?: FleetPlace;
}

export type ParsedInput =
  | { readonly ok: true; readonly provision: Provision }
  | { readonly ok: false; readonly problems: readonly Problem[]; readonly fleet?: FleetPlace };

/**
 * Check an input and fill in its defaults. Runs where the workflow runs, because the engine's own tools start workflows
 * past our client. Calls nothing.
 */
export function createParseInput(
  deps: Pick<
    ActivityDependencies,
    | 'installation'
    | 'accountTaskQueue'
    | 'createTaskQueue'
    | 'writeTaskQueue'
    | 'ownRegions'
    | 'watchTaskQueue'
    | 'queuedAtMostMs'
    | 'fleet'
  >,
) {
  const { accountTaskQueue, ownRegions = [], queuedAtMostMs = QUEUED_AT_MOST_MS, fleet = 'memo' } = deps;
  const { createTaskQueue = accountTaskQueue, writeTaskQueue = accountTaskQueue } = deps;
  return async function parseInput(raw: unknown): Promise<ParsedInput> {
    const info = activityInfo();
    const workflowId = info.workflowExecution?.workflowId ?? '';
    const checked = checkInput(raw);
    const withTags = !checked.ok || checked.input.ownerTags !== false;
    const problems = [...(checked.ok ? [] : checked.problems), ...(withTags ? workflowIdProblems(workflowId) : [])];
    if (!checked.ok || problems.length > 0) return { ok: false, problems, fleet };
    const owner = withTags ? { installation: deps.installation ?? info.namespace, workflowId } : undefined;
    const { account = INPUT_DEFAULTS.account, accept, request } = checked.input;
    const { RegionId, ServiceRegionId = RegionId } = request;
    return {
      ok: true,
      provision: {
        ...withDefaults(checked.input, owner, queuedAtMostMs),
        account,
        activityTaskQueue: accountTaskQueue(info.taskQueue, account, RegionId),
        ...(accept === undefined || accept === false
          ? {}
          : { accept: laneOf(info.taskQueue, accept.account, ServiceRegionId) }),
        createTaskQueue: createTaskQueue(info.taskQueue, account, RegionId),
        writeTaskQueue: writeTaskQueue(info.taskQueue, account, RegionId),
        ...(deps.watchTaskQueue === undefined
          ? {}
          : {
              watch: {
                taskQueue: info.taskQueue,
                activityTaskQueue: deps.watchTaskQueue(info.taskQueue, account),
                heedsHints: true,
              },
            }),
        fleet,
      },
    };
  };

  function laneOf(taskQueue: string, account: string, regionId: string): NonNullable<Provision['accept']> {
    const activityTaskQueue = writeTaskQueue(taskQueue, account, regionId);
    return { account, activityTaskQueue, ...(ownRegions.includes(regionId) ? { regionId } : {}) };
  }
}

function withDefaults(
  input: ProvisionInput,
  owner: Owner | undefined,
  queuedMs: number,
): Omit<Provision, 'account' | 'activityTaskQueue' | 'createTaskQueue' | 'writeTaskQueue' | 'watch'> {
  const { ClientToken: tokenBase, DryRun: dryRun = false, ...rest } = input.request;
  const tags = [...(rest.Tag ?? []), ...(owner === undefined ? [] : ownerTags(owner))];
  return {
    request: { ...rest, ...(tags.length === 0 ? {} : { Tag: tags }), ...(dryRun ? { DryRun: true } : {}) },
    extraParameters: input.extraParameters ?? {},
    dryRun,
    ...(tokenBase === undefined ? {} : { tokenBase }),
    ...(owner === undefined ? {} : { owner }),
    ifExists: input.ifExists ?? INPUT_DEFAULTS.ifExists,
    onFailure: input.onFailure ?? INPUT_DEFAULTS.onFailure,
    onCancel: input.onCancel ?? INPUT_DEFAULTS.onCancel,
    until: input.until ?? INPUT_DEFAULTS.until,
    timeouts: {
      acceptedMs: durationMs(input.timeouts?.accepted ?? INPUT_DEFAULTS.timeouts.accepted),
      activeMs: durationMs(input.timeouts?.active ?? INPUT_DEFAULTS.timeouts.active),
      connectedMs: durationMs(input.timeouts?.connected ?? INPUT_DEFAULTS.timeouts.connected),
      queuedMs,
    },
    park: {
      quota: parkPolicy(input.retry?.quota, INPUT_DEFAULTS.retry.quota),
      status: parkPolicy(input.retry?.status, INPUT_DEFAULTS.retry.status),
    },
    notify: (input.notify ?? []).map(({ workflowId, signal }) => ({
      workflowId,
      signal: signal ?? INPUT_DEFAULTS.signal,
    })),
  };
}

function parkPolicy(
  given: false | ParkPolicyInput | undefined,
  defaults: Required<ParkPolicyInput>,
): ParkPolicy | null {
  if (given === false) return null;
  const policy = { ...defaults, ...given };
  return {
    initialIntervalMs: durationMs(policy.initialInterval),
    backoffCoefficient: policy.backoffCoefficient,
    maximumIntervalMs: durationMs(policy.maximumInterval),
    timeoutMs: durationMs(policy.timeout),
  };
}
