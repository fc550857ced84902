import type { ActionName } from '../../src/simulator/engine/action-table.js';
import type { Parameters } from './driver.js';

/**
 * One call of the story, in the words of the API.
 *
 * A text `$Name` stands for what an earlier step captured under that name, in parameters and in answers.
 */
export interface Step {
  readonly as: Caller;
  readonly action: ActionName;
  readonly params: Parameters;
  /** Code of the refusal; a success when left out. */
  readonly refusal?: string;
  /** What a success holds, beside whatever else. */
  readonly answers?: Readonly<Record<string, unknown>>;
  /** Fields of the answer to remember, by their names. */
  readonly captures?: readonly string[];
  /** Follows the step before at once; else time enough passes for everything to settle. */
  readonly atOnce?: true;
}

/** The owner of the service, the one that uses it, and one that has not activated the product. */
export type Caller = 'provider' | 'consumer' | 'newcomer';

export const ACCOUNT_IDS: Readonly<Record<Caller, string>> = {
  provider: '1000000000000001',
  consumer: '2000000000000002',
  newcomer: '3000000000000003',
};

/** The region of the whole story. */
export const RegionId = 'cn-hangzhou';
/** The zones that the service is in. */
export const ZONE_A = 'cn-hangzhou-a';
export const ZONE_B = 'cn-hangzhou-b';
/** Every client encodes these characters in its own way. */
export const AWKWARD = "it's *one* ~ of: é, +, %41 & =";

/** Parameters that name the service, the endpoint, or what is between them. */
export const service = { RegionId, ServiceId: '$ServiceId' };
export const endpoint = { RegionId, EndpointId: '$EndpointId' };
export const connection = { ...service, ...endpoint };
export const zoneConnection = { ...connection, ZoneId: ZONE_A };
