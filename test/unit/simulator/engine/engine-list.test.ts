import { describe, expect, it } from 'vitest';
import type { EngineAnswer, WireParameters } from '../../../../src/simulator/index.js';
import { createEngine, text } from '../fixture.js';

interface Listed {
  readonly EndpointId: string;
  readonly Tags: readonly { readonly Key: string; readonly Value: string }[];
}
const items = ({ body }: EngineAnswer) => body['Endpoints'] as readonly Listed[];

function createListed() {
  const twin = createEngine({ timeToActive: { afterReads: 0 } });
  const first = text(
    twin.create({
      EndpointName: 'first',
      'Tag.1.Key': 'env',
      'Tag.1.Value': 'prod',
      'Tag.2.Key': 'team',
      'Tag.2.Value': '',
    }),
    'EndpointId',
  );
  const second = text(
    twin.create({
      EndpointName: 'second',
      VpcId: 'vpc-2',
      EndpointType: 'Reverse',
      'Tag.1.Key': 'env',
      'Tag.1.Value': 'test',
    }),
    'EndpointId',
  );
  twin.engine.setEndpoint(second, { EndpointStatus: 'Pending', ConnectionStatus: 'Connecting' });
  const third = text(twin.create({ ServiceId: 'epsrv-3', ResourceGroupId: 'rg-1' }), 'EndpointId');
  const list = (parameters: WireParameters = {}) => twin.call('ListVpcEndpoints', parameters);
  return { ...twin, list, names: { first, second, third } };
}

describe('ListVpcEndpoints', () => {
  const filters: [filter: WireParameters, found: ('first' | 'second' | 'third')[]][] = [
    [{}, ['first', 'second', 'third']],
    [{ EndpointName: 'first' }, ['first']],
    [{ VpcId: 'vpc-2' }, ['second']],
    [{ EndpointType: 'Interface' }, ['first', 'third']],
    [{ EndpointStatus: 'Pending' }, ['second']],
    [{ EndpointStatus: 'Active' }, ['first', 'third']],
    [{ ConnectionStatus: 'Connecting' }, ['second']],
    [{ ServiceName: 'com.aliyuncs.privatelink.cn-huhehaote.epsrv-3' }, ['third']],
    [{ ResourceGroupId: 'rg-1' }, ['third']],
    [{ EndpointName: 'first', VpcId: 'vpc-2' }, []],
    [{ ServiceId: 'epsrv-3' }, ['first', 'second', 'third']],
    [{ 'Tag.1.Key': 'env', 'Tag.1.Value': 'prod' }, ['first']],
    [{ 'Tag.1.Key': 'env' }, ['first', 'second']],
    [{ 'Tag.1.Key': 'env', 'Tag.1.Value': '' }, ['first', 'second']],
    [{ 'Tag.1.Key': 'env', 'Tag.1.Value': 'prod', 'Tag.2.Key': 'team' }, ['first']],
    [{ 'Tag.1.Key': 'env', 'Tag.1.Value': 'test', 'Tag.2.Key': 'team' }, []],
    [{ Tag: '[{"Key": "env",\n "Value": "prod"}]' }, ['first']],
    [{ Tag: '[ ]' }, ['first', 'second', 'third']],
  ];
  it.each(filters)('with %j finds %j', (filter, found) => {
    const { list, names } = createListed();
    const answer = list(filter);
    expect(items(answer).map(({ EndpointId }) => EndpointId)).toEqual(found.map((name) => names[name]));
    expect(answer.body['TotalCount']).toBe(found.length);
    expect(answer.body['MaxResults']).toBe(50);
  });

  it('finds one by its id', () => {
    const { list, names } = createListed();
    expect(items(list({ EndpointId: names.second }))).toHaveLength(1);
  });

  it('shows the tags of each item, and not its zones', () => {
    const { list } = createListed();
    const [first, , third] = items(list());
    expect(first?.Tags).toEqual([
      { Key: 'env', Value: 'prod' },
      { Key: 'team', Value: '' },
    ]);
    expect(third?.Tags).toEqual([]);
    expect(Object.keys(first ?? {})).not.toContain('Payer');
  });

  it('sees only the endpoints of the account and the region that ask', () => {
    const { call } = createListed();
    expect(call('ListVpcEndpoints', {}, '2000000000000002').body['TotalCount']).toBe(0);
    expect(call('ListVpcEndpoints', { RegionId: 'cn-hangzhou' }).body['TotalCount']).toBe(0);
  });

  it('gives every endpoint once over its pages, though others come and go meanwhile', () => {
    const twin = createEngine();
    const ids = Array.from({ length: 7 }, () => text(twin.create(), 'EndpointId'));
    const seen: string[] = [];
    let NextToken = '';
    do {
      const page = twin.call('ListVpcEndpoints', { MaxResults: '3', NextToken });
      seen.push(...items(page).map(({ EndpointId }) => EndpointId));
      NextToken = (page.body['NextToken'] as string | undefined) ?? '';
      twin.engine.removeEndpoint(ids[0] ?? '');
    } while (NextToken !== '');
    expect(seen).toEqual(ids);
  });

  it('has 50 items on a page unless told otherwise, and no token on the last', () => {
    const twin = createEngine();
    for (let made = 0; made < 51; made += 1) twin.create();
    const page = twin.call('ListVpcEndpoints', {}).body;
    expect(page).toMatchObject({ MaxResults: 50, TotalCount: 51, NextToken: expect.any(String) as unknown });
    expect(twin.call('ListVpcEndpoints', { NextToken: page['NextToken'] as string }).body['NextToken']).toBeUndefined();
    expect(items(twin.call('ListVpcEndpoints', { MaxResults: '1000' }))).toHaveLength(51);
  });

  const malformed: [parameters: WireParameters, code: string][] = [
    [{ MaxResults: '0' }, 'InvalidParameter.MaxResults'],
    [{ MaxResults: '1001' }, 'InvalidParameter.MaxResults'],
    [{ MaxResults: 'many' }, 'InvalidParameter.MaxResults'],
    [{ NextToken: 'x' }, 'InvalidParameter.NextToken'],
    [{ Tag: '{' }, 'InvalidParameter.Tag'],
    [{ Tag: '{"Key":"a"}' }, 'InvalidParameter.Tag'],
    [{ Tag: '[1]' }, 'InvalidParameter.Tag'],
    [{ RegionId: '' }, 'MissingRegionId'],
  ];
  it.each(malformed)('refuses %j', (parameters, code) => {
    expect(createEngine().call('ListVpcEndpoints', parameters).body.Code).toBe(code);
  });

  it('leaves a new endpoint out for a time where it is told to lag', () => {
    const twin = createEngine({ switches: { listVisibleAfterMs: 1_000 } });
    const id = text(twin.create(), 'EndpointId');
    expect(twin.call('ListVpcEndpoints', {}).body['TotalCount']).toBe(0);
    expect(twin.describe(id).status).toBe(200);
    twin.clock.nowMs += 1_000;
    expect(twin.call('ListVpcEndpoints', {}).body['TotalCount']).toBe(1);
  });

  it('leaves a new endpoint out of its first answers where it is told to, of those only that it belongs into', () => {
    const twin = createEngine({ switches: { listVisibleAfterCalls: 2 } });
    const id = text(twin.create(), 'EndpointId');
    const total = (parameters: WireParameters = {}) => twin.call('ListVpcEndpoints', parameters).body['TotalCount'];
    expect(total()).toBe(0);
    expect(total({ VpcId: 'vpc-other' })).toBe(0);
    expect(twin.describe(id).status).toBe(200);
    expect(total({ VpcId: 'vpc-1' })).toBe(0);
    expect(total()).toBe(1);
    twin.create();
    expect(total()).toBe(1);
  });
});
