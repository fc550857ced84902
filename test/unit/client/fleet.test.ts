import { ServiceError, type Client } from '@temporalio/client';
import { TypedSearchAttributes } from '@temporalio/common';
import { describe, expect, test } from 'vitest';
import { fleetQuery, listRuns, type FleetFilter, type FleetItem } from '../../../src/client/fleet.js';
import { PHASES } from '../../../src/contract/messages.js';
import { FLEET_ATTRIBUTES, SEARCH_ATTRIBUTES, type FleetEntry } from '../../../src/contract/search-attributes.js';

const OURS = `WorkflowType IN ('provisionVpcEndpoint', 'deprovisionVpcEndpoint') AND ExecutionStatus != 'ContinuedAsNew'`;
const KEYWORD = 2;
const ALL = Object.fromEntries(Object.keys(SEARCH_ATTRIBUTES).map((name) => [name, KEYWORD]));

/** A run as the server lists it. */
interface FakeRun {
  readonly workflowId: string;
  readonly type?: string;
  readonly status?: string;
  readonly memo?: Record<string, unknown>;
  readonly attributes?: FleetEntry;
  readonly closeTime?: Date;
}

/** A server with these runs, whatever the query, and what it was asked. */
function server(registered: Record<string, number> | Error, runs: readonly FakeRun[] = []) {
  const asked: { query: string; pageSize: number }[] = [];
  const taken: string[] = [];
  const client = {
    options: { namespace: 'orders' },
    connection: {
      operatorService: {
        listSearchAttributes: async () => {
          if (registered instanceof Error) throw registered;
          return { customAttributes: registered };
        },
      },
    },
    workflow: {
      list: async function* (options: { query: string; pageSize: number }) {
        asked.push(options);
        for (const run of runs) {
          taken.push(run.workflowId);
          yield {
            ...{ type: 'provisionVpcEndpoint', runId: 'run-1', startTime: new Date('2026-01-01T00:00:00Z') },
            ...run,
            status: { name: run.status ?? 'RUNNING' },
            typedSearchAttributes: new TypedSearchAttributes(
              Object.entries(run.attributes ?? {}).map(([field, value]: [string, string]) => ({
                key: { name: FLEET_ATTRIBUTES[field as keyof FleetEntry], type: 'KEYWORD' },
                value,
              })),
            ),
          };
        }
      },
    },
  };
  return { client: client as unknown as Client, asked, taken };
}

async function all(client: Client, filter?: FleetFilter): Promise<FleetItem[]> {
  const items: FleetItem[] = [];
  for await (const item of listRuns(client, filter)) items.push(item);
  return items;
}

describe('the query of a filter', () => {
  test('asks for runs of ours, and for the last of a chain only', () => {
    expect(fleetQuery({}, true)).toBe(OURS);
    expect(fleetQuery({}, false)).toBe(OURS);
  });

  test('names every field by its attribute, beside runs that have none', () => {
    const filter = {
      account: 'prod',
      RegionId: 'cn-hangzhou',
      VpcId: 'vpc-1',
      ServiceId: 'epsrv-1',
      EndpointId: 'ep-1',
      phase: 'failed',
      failureClass: 'quota',
    };
    expect(fleetQuery(filter, true)).toBe(
      `${OURS} AND (PvlPhase IS NULL OR (PvlAccount = 'prod' AND PvlRegionId = 'cn-hangzhou' AND PvlVpcId = 'vpc-1' ` +
        `AND PvlServiceId = 'epsrv-1' AND PvlEndpointId = 'ep-1' AND PvlPhase = 'failed' AND PvlFailureClass = 'quota'))`,
    );
    expect(fleetQuery(filter, false)).toBe(OURS);
  });

  test.each([
    { filter: { status: 'open' }, term: `ExecutionStatus = 'Running'` },
    { filter: { status: 'closed' }, term: `ExecutionStatus != 'Running'` },
    { filter: { phase: 'parked' }, term: `ExecutionStatus = 'Running'` },
    { filter: { phase: 'parked', status: 'closed' }, term: `ExecutionStatus != 'Running'` },
  ] as const)('$filter asks for $term', ({ filter, term }) => {
    expect(fleetQuery(filter, true)).toContain(`${OURS} AND ${term}`);
  });

  test('takes a phase for one that passes unless a run ends in it', () => {
    const last = PHASES.filter((phase) => !fleetQuery({ phase }, false).includes(`= 'Running'`));
    expect(last).toEqual(['ready', 'removed', 'failed', 'cancelled']);
  });

  test('keeps a value in its quotes, whatever is in it', () => {
    expect(fleetQuery({ VpcId: `' OR '1'='1` }, true)).toContain(String.raw`PvlVpcId = '\' OR \'1\'=\'1'`);
  });

  test.each(['a"b', 'a\\', `\\' OR 1=1 --`, 'a\nb', 'a\0b'])('leaves %j to the filter of this side', (VpcId) => {
    expect(fleetQuery({ VpcId }, true)).toBe(OURS);
    expect(fleetQuery({ VpcId, account: 'prod' }, true)).toBe(
      `${OURS} AND (PvlPhase IS NULL OR (PvlAccount = 'prod'))`,
    );
  });

  test('cuts a value as runs do', () => {
    expect(fleetQuery({ VpcId: 'x'.repeat(300) }, true)).toContain(`'${'x'.repeat(255)}'`);
  });
});

describe('the list of runs', () => {
  const entry = { account: 'prod', RegionId: 'cn-hangzhou', phase: 'waiting' };
  const RUNS: readonly FakeRun[] = [
    { workflowId: 'by-attributes', attributes: entry },
    { workflowId: 'by-memo', memo: { pvl: entry } },
    { workflowId: 'of-somebody-else', attributes: { ...entry, account: 'test' } },
    { workflowId: 'silent' },
  ];

  test('shows what a run wrote, in either place', async () => {
    const [byAttributes, byMemo] = await all(server(ALL, RUNS).client);
    expect(byAttributes).toEqual({
      workflowId: 'by-attributes',
      runId: 'run-1',
      workflowType: 'provisionVpcEndpoint',
      status: 'RUNNING',
      startedAt: '2026-01-01T00:00:00.000Z',
      ...entry,
    });
    expect(byMemo).toEqual({ ...byAttributes, workflowId: 'by-memo' });
  });

  test.each([
    { registered: ALL, filtering: true, reason: 'the server has all attributes' },
    { registered: {}, filtering: false, reason: 'it has none' },
    { registered: { ...ALL, PvlPhase: 1 }, filtering: false, reason: 'one is of another type' },
    { registered: new ServiceError('not allowed'), filtering: false, reason: 'the server does not tell' },
  ])('is the same whether the server filters or not: $reason', async ({ registered, filtering }) => {
    const { client, asked } = server(registered, RUNS);
    const items = await all(client, { account: 'prod', RegionId: 'cn-hangzhou' });
    expect(items.map(({ workflowId }) => workflowId)).toEqual(['by-attributes', 'by-memo']);
    expect(asked.map(({ query }) => query.includes('PvlAccount'))).toEqual([filtering]);
  });

  test('hides no bug behind a server that does not tell', async () => {
    await expect(all(server(new TypeError('a bug')).client)).rejects.toThrow('a bug');
  });

  test.each([
    { status: 'COMPLETED', phase: 'ready' },
    { status: 'COMPLETED', type: 'deprovisionVpcEndpoint', phase: 'removed' },
    { status: 'FAILED', phase: 'failed' },
    { status: 'CANCELLED', phase: 'cancelled' },
  ])('knows the last phase of a run that wrote none: $status $type', async ({ phase, ...run }) => {
    const { client } = server(ALL, [{ workflowId: 'old', ...run }]);
    expect(await all(client, { phase })).toMatchObject([{ workflowId: 'old', phase }]);
  });

  test('says nothing of the phase of a run that was terminated before it wrote one', async () => {
    const [item] = await all(server(ALL, [{ workflowId: 'old', status: 'TERMINATED' }]).client);
    expect(item).not.toHaveProperty('phase');
  });

  test('passes over what is no entry of ours in the memo', async () => {
    const odd = [null, 'text', 7, { account: 7, phase: { deep: true }, RegionId: 'cn-hangzhou' }];
    const { client } = server(
      ALL,
      odd.map((pvl, index) => ({ workflowId: `odd-${index}`, memo: { pvl } })),
    );
    const items = await all(client);
    expect(items.map(({ account, phase, RegionId }) => ({ account, phase, RegionId }))).toEqual([
      {},
      {},
      {},
      { RegionId: 'cn-hangzhou' },
    ]);
  });

  test('takes no more than the limit, and asks for small pages where every item counts', async () => {
    const { client, asked, taken } = server(ALL, RUNS);
    expect(await all(client, { limit: 2 })).toHaveLength(2);
    expect(taken).toEqual(['by-attributes', 'by-memo']);
    await all(client, { limit: 2, account: 'prod' });
    expect(await all(client, { limit: 0 })).toEqual([]);
    expect(asked.map(({ pageSize }) => pageSize)).toEqual([2, 1_000]);
  });
});
