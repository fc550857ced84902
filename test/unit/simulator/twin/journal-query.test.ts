import { beforeEach, describe, expect, it } from 'vitest';
import { queryJournal } from '../../../../src/simulator/twin/journal-query.js';
import { ACCOUNT, createTwin, REGION, VALID_CREATE } from '../fixture.js';

const OTHER = '1000000000000002';
let twin: ReturnType<typeof createTwin>;
beforeEach(async () => {
  twin = createTwin({
    faults: [{ id: 'lost', action: 'CreateVpcEndpoint', nth: 2, effect: { kind: 'loseResponse' } }],
  });
  await twin.call('CreateVpcEndpoint', VALID_CREATE);
  twin.advance(60_000);
  await twin.call('CreateVpcEndpoint', VALID_CREATE, OTHER);
  await twin.call('GetVpcEndpointAttribute', { RegionId: REGION, EndpointId: 'ep-none' });
  await twin.call('ListVpcEndpoints', { RegionId: 'cn-beijing' });
});

const requests = (query: string) =>
  (queryJournal(twin.journal, new URLSearchParams(query), ['requests']).requests ?? []).map((request) =>
    twin.journal.requests.indexOf(request),
  );
const effects = (query: string) =>
  (queryJournal(twin.journal, new URLSearchParams(query), ['effects']).effects ?? []).map(
    ({ kind, accountId }) => `${kind} ${accountId}`,
  );

describe('a query of the journal', () => {
  it.each<[query: string, found: readonly number[]]>([
    ['', [0, 1, 2, 3]],
    ['action=CreateVpcEndpoint', [0, 1]],
    [`account=${OTHER}`, [1]],
    ['region=cn-beijing', [3]],
    ['EndpointId=ep-none', [2]],
    ['code=EndpointNotFound', [2]],
    ['status=200', [0, 1, 3]],
    ['fault=loseResponse', [1]],
    ['fault=lost', [1]],
    ['since=2026-01-01T00:01:00Z', [1, 2, 3]],
    ['limit=2', [2, 3]],
    ['limit=0', []],
    ['limit=1&action=CreateVpcEndpoint', [1]],
    [`action=CreateVpcEndpoint&account=${ACCOUNT}`, [0]],
    ['action=CreateVpcEndpoint&action=ListVpcEndpoints', []],
  ])('for requests finds by "%s" those of %j', (query, found) => {
    expect(requests(query)).toEqual(found);
  });

  it('for effects finds them by kind, account, region, endpoint and time', () => {
    const [first = { EndpointId: '' }] = twin.journal.effects;
    expect(effects('kind=created')).toEqual([`created ${ACCOUNT}`, `created ${OTHER}`]);
    expect(effects(`kind=created&account=${OTHER}`)).toEqual([`created ${OTHER}`]);
    expect(effects('region=cn-beijing')).toEqual([]);
    expect(effects(`kind=created&EndpointId=${first.EndpointId}`)).toEqual([`created ${ACCOUNT}`]);
    expect(effects('kind=created&since=2026-01-01T00:01:00Z')).toEqual([`created ${OTHER}`]);
  });

  it('for both leaves alone what has no such filter', () => {
    const both = queryJournal(twin.journal, new URLSearchParams('kind=created&code=EndpointNotFound'), [
      'requests',
      'effects',
    ]);
    expect([both.requests?.length, both.effects?.length]).toEqual([1, 2]);
  });

  it.each<[query: string, part: 'requests' | 'effects', named: string]>([
    ['colour=red', 'requests', 'colour'],
    ['kind=created', 'requests', 'kind'],
    ['code=A', 'effects', 'code'],
    ['limit=-1', 'requests', 'limit'],
    ['limit=many', 'effects', 'limit'],
    ['since=yesterday', 'effects', 'since'],
  ])('refuses "%s" of %s and names %s', (query, part, named) => {
    expect(() => queryJournal(twin.journal, new URLSearchParams(query), [part])).toThrow(named);
  });
});
