import { defineSignal } from '@temporalio/workflow';
import type { DurationText } from '../model/duration.js';
import type { NotifyTarget } from './input.js';
import type { ToldFailure } from './messages.js';
import type { AttemptRecord, LastSeen } from './result.js';

/** Name under which workers register the workflow that removes an endpoint. */
export const DEPROVISION_WORKFLOW_TYPE = 'deprovisionVpcEndpoint';

/** The one argument of `deprovisionVpcEndpoint`, as plain JSON. */
export interface DeprovisionInput {
  readonly RegionId: string;
  readonly EndpointId: string;
  /** Credentials profile on the worker; `default` when left out. */
  readonly account?: string;
  /**
   * `own`: the endpoint must carry the owner tag of this installation, whatever request it was made for. `any`: no tag is
   * asked for; the caller answers for the id.
   */
  readonly ownership?: 'own' | 'any';
  /** `deleted`: for the whole removal, its proof included. */
  readonly timeouts?: { readonly deleted?: DurationText };
  readonly notify?: readonly NotifyTarget[];
}

/** Names of the top-level fields. */
export const DEPROVISION_FIELDS = [
  'RegionId',
  'EndpointId',
  'account',
  'ownership',
  'timeouts',
  'notify',
] as const satisfies readonly (keyof DeprovisionInput)[];

/** What a left-out field means. */
export const DEPROVISION_DEFAULTS = {
  account: 'default',
  ownership: 'own',
  timeouts: { deleted: '30m' },
  signal: 'vpcEndpointDeprovisioned',
} as const;

/** What a removal ended with, when it ended well: the endpoint does not exist any more, and that is proven. */
export interface DeprovisionResult {
  /** `deleted`: it was there, and is gone, whoever deleted it. `absent`: it was not there at all. */
  readonly outcome: 'deleted' | 'absent';
  readonly EndpointId: string;
  /** The last that was seen of it; absent with `absent`. */
  readonly lastSeen?: LastSeen;
  /** Ids of the zones that were seen on it and left before it or with it. */
  readonly zonesRemoved: readonly string[];
  /** By the engine's clock, ISO 8601: when the removal began, and when the absence was known. */
  readonly times: { readonly startedAt: string; readonly absentAt: string };
  /** The last calls, oldest first. */
  readonly attempts: readonly AttemptRecord[];
}

/** What a workflow receives that wants to hear of a removal, whatever its outcome. */
export interface DeprovisionedNotice {
  readonly workflowId: string;
  readonly runId: string;
  /** `ready`: the endpoint is gone. */
  readonly outcome: 'ready' | 'failed' | 'cancelled';
  readonly result?: DeprovisionResult;
  readonly failure?: ToldFailure;
}

/** The signal that such a workflow receives unless the input names another. */
export const vpcEndpointDeprovisionedSignal = defineSignal<[DeprovisionedNotice]>('vpcEndpointDeprovisioned');
