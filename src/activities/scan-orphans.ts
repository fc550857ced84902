import { durationMs, formatMs } from '../model/duration.js';
import type { ListedVpcEndpoint } from '../model/endpoint.js';
import { readForOrphan, type OrphanLimits, type OrphanReading, type OrphanReason } from '../model/orphans.js';
import { isOfInstallation, OWNER_TAG, workflowIdOf } from '../model/owner-tags.js';
import { MAX_LISTED_ORPHANS, type OrphanedEndpoint, type OrphanReport } from '../contract/orphans.js';
import type { AttemptRecord } from '../contract/result.js';
import { PrivateLinkError } from '../privatelink/port.js';
import { ActivityMemory } from './attempt-memory.js';
import { failedCall, readAgain } from './call-failure.js';
import { stopIfGivenUp, type Refusal } from './create-endpoint.js';
import type { ActivityDependencies, RunRecords } from './dependencies.js';
import { listAll } from './find-endpoint.js';
import type { Sweep } from './parse-orphans-input.js';
import { runsOnServer } from './runs-on-server.js';

export interface ScanOrphansInput {
  readonly sweep: Pick<Sweep, 'account' | 'RegionId' | 'installation' | 'olderThan'>;
}

export type ScanOrphansOutcome = { readonly attempts: readonly AttemptRecord[] } & (
  | { readonly kind: 'scanned'; readonly report: OrphanReport }
  /** The service forbids or rejects the list: asking again does not help before somebody acts. */
  | { readonly kind: 'refused'; readonly refusal: Refusal }
);

/** Questions to the server at a time: enough to be done with thousands in seconds, few beside what its workers ask. */
const QUESTIONS_AT_A_TIME = 16;

/**
 * Find the endpoints with our owner tag that no run accounts for. Changes nothing.
 *
 * All pages of ListVpcEndpoints are read, filtered by the tag on the server and checked here; an endpoint that is on two pages
 * counts once. Then the Temporal server is asked for the run of each workflow id that is old enough. A call that fails, to
 * either, has the whole attempt repeated: no endpoint is called an orphan because an answer was missing.
 */
export function createScanOrphans(deps: ActivityDependencies) {
  const random = deps.random ?? Math.random;
  const runs = deps.runRecords ?? runsOnServer;
  return async function scanOrphans({ sweep }: ScanOrphansInput): Promise<ScanOrphansOutcome> {
    const { account, RegionId } = sweep;
    const api = deps.privateLink(account, RegionId);
    const memory = new ActivityMemory();
    return memory.whileBeating(async () => {
      const nowMs = Date.now();
      const Tag = [{ Key: OWNER_TAG, Value: sweep.installation }];
      let listed: readonly ListedVpcEndpoint[];
      try {
        listed = await listAll(api, { RegionId, Tag }, memory);
      } catch (error) {
        const refusal = refusalOf(error, RegionId);
        if (refusal === undefined) throw readAgain(error, memory, random, RegionId);
        memory.record('ListVpcEndpoints', refusal.code, refusal.requestId);
        return { kind: 'refused', refusal, attempts: memory.current.log };
      }
      const retentionMs = await runs.retentionMs();
      const limits = { nowMs, retentionMs, olderThanMs: durationMs(sweep.olderThan) };
      const found = await findOut(ours(listed, sweep.installation), limits, runs, memory);
      return { kind: 'scanned', report: reportOf(sweep, limits, found), attempts: memory.current.log };
    });
  };
}

/** What became of one endpoint. */
interface Found {
  readonly endpoint: ListedVpcEndpoint;
  readonly kind: 'deleting' | 'tooYoung' | 'accounted' | 'unaccounted';
  readonly reason?: OrphanReason;
}

/** Each endpoint once, as it was listed last. The filter of the server is not relied upon. */
function ours(listed: readonly ListedVpcEndpoint[], installation: string): ListedVpcEndpoint[] {
  const withTag = listed.filter(({ Tags }) => isOfInstallation(Tags, installation));
  return [...new Map(withTag.map((endpoint) => [endpoint.EndpointId, endpoint])).values()];
}

async function findOut(
  endpoints: readonly ListedVpcEndpoint[],
  limits: OrphanLimits,
  runs: RunRecords,
  memory: ActivityMemory,
): Promise<readonly Found[]> {
  const readings = endpoints.map((endpoint) => ({ endpoint, reading: readForOrphan(endpoint, limits) }));
  const known = await knownIds(
    readings.flatMap(({ reading }) => (reading.kind === 'ask' ? [reading.workflowId] : [])),
    runs,
    memory,
  );
  return readings.map(({ endpoint, reading }) => ({ endpoint, ...settled(reading, known) }));
}

function settled(reading: OrphanReading, known: ReadonlySet<string>): Omit<Found, 'endpoint'> {
  if (reading.kind !== 'ask') return reading;
  if (known.has(reading.workflowId)) return { kind: 'accounted' };
  return { kind: 'unaccounted', reason: reading.otherwise };
}

/** Those of the workflow ids that have a run. */
async function knownIds(
  workflowIds: readonly string[],
  runs: RunRecords,
  memory: ActivityMemory,
): Promise<ReadonlySet<string>> {
  const waiting = [...new Set(workflowIds)];
  const known = new Set<string>();
  const askOneByOne = async () => {
    for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
      stopIfGivenUp(memory);
      if (await runs.isKnown(id)) known.add(id);
    }
  };
  try {
    await Promise.all(Array.from({ length: QUESTIONS_AT_A_TIME }, askOneByOne));
  } finally {
    // The others stop when one of them fails.
    waiting.length = 0;
  }
  return known;
}

function reportOf(sweep: ScanOrphansInput['sweep'], limits: OrphanLimits, found: readonly Found[]): OrphanReport {
  const { account, RegionId, installation, olderThan } = sweep;
  const count = (kind: Found['kind']) => found.filter((one) => one.kind === kind).length;
  const unaccounted = found.filter(({ kind }) => kind === 'unaccounted').map(entryOf);
  const isOrphan = ({ reason }: OrphanedEndpoint) => reason === 'noRun';
  const all = { orphans: unaccounted.filter(isOrphan), unaccounted: unaccounted.filter((one) => !isOrphan(one)) };
  const totals = { orphans: all.orphans.length, unaccounted: all.unaccounted.length };
  const isTruncated = Math.max(totals.orphans, totals.unaccounted) > MAX_LISTED_ORPHANS;
  return {
    scannedAt: new Date(limits.nowMs).toISOString(),
    account,
    RegionId,
    installation,
    olderThan,
    retention: limits.retentionMs > 0 ? formatMs(limits.retentionMs) : 'unknown',
    scanned: found.length,
    accounted: count('accounted'),
    tooYoung: count('tooYoung'),
    deleting: count('deleting'),
    orphans: oldestFirst(all.orphans),
    unaccounted: oldestFirst(all.unaccounted),
    totals,
    ...(isTruncated ? { truncated: true } : {}),
  };
}

function entryOf({ endpoint, reason = 'noRun' }: Found): OrphanedEndpoint {
  const { EndpointId, EndpointName, EndpointStatus, VpcId, ServiceId, CreateTime } = endpoint;
  const told = { EndpointName, EndpointStatus, VpcId, ServiceId, CreateTime, workflowId: workflowIdOf(endpoint.Tags) };
  const given = Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined));
  return { EndpointId, ...given, reason };
}

function oldestFirst(entries: readonly OrphanedEndpoint[]): readonly OrphanedEndpoint[] {
  const key = ({ CreateTime = '', EndpointId }: OrphanedEndpoint) => `${CreateTime} ${EndpointId}`;
  return [...entries].sort((a, b) => (key(a) < key(b) ? -1 : 1)).slice(0, MAX_LISTED_ORPHANS);
}

/** A definite answer that stays the same until somebody acts. */
function refusalOf(error: unknown, RegionId: string): Refusal | undefined {
  if (!(error instanceof PrivateLinkError) || !['denied', 'invalid'].includes(error.class)) return undefined;
  return { ...failedCall(error, { RegionId }), message: error.message };
}
