import { describe, expect, it } from 'vitest';
import type { WireParameters } from '../../../../../src/simulator/index.js';
import { createEngine, text } from '../../fixture.js';
import { TWO_RESOURCES } from './provider.js';

const OTHER_REGION = 'cn-hangzhou';
const ENDPOINT = { ResourceType: 'vpcendpoint' };
const SERVICE = { ResourceType: 'vpcendpointservice' };

function createBench() {
  const bench = createEngine({ timeToActive: { afterMs: 0 } });
  const { call, create } = bench;
  const endpoint = (parameters: WireParameters = {}, accountId?: string) =>
    text(create(parameters, accountId), 'EndpointId');
  const elsewhere = () =>
    endpoint({ RegionId: OTHER_REGION, 'Zone.1.ZoneId': `${OTHER_REGION}-b`, 'Tag.1.Key': 'env' });
  const listed = (parameters: WireParameters) =>
    call('ListTagResources', { ...ENDPOINT, ...parameters }).body as unknown as {
      TagResources: Record<string, string>[];
      NextToken?: string;
    };
  const idsIn = (parameters: WireParameters) => listed(parameters).TagResources.map(({ ResourceId }) => ResourceId);
  return { ...bench, endpoint, elsewhere, listed, idsIn };
}

describe('tags', () => {
  it('are listed in the order of creation, in whatever order and however often resources are named', () => {
    const { endpoint, idsIn } = createBench();
    const [first, second] = [endpoint({ 'Tag.1.Key': 'env' }), endpoint({ 'Tag.1.Key': 'env' })];
    expect(idsIn({ 'ResourceId.1': second, 'ResourceId.2': first, 'ResourceId.3': second })).toEqual([first, second]);
    expect(idsIn({ 'Tag.1.Key': 'env' })).toEqual([first, second]);
    expect(idsIn({ 'Tag.1.Key': 'env', 'ResourceId.1': second })).toEqual([second]);
    expect(idsIn({ 'Tag.1.Key': 'env', 'Tag.1.Value': 'none', 'ResourceId.1': second })).toEqual([]);
  });

  it('come in pages that together show each once', () => {
    const { endpoint, listed } = createBench();
    for (let made = 0; made < 5; made += 1) endpoint({ 'Tag.1.Key': 'env', 'Tag.1.Value': String(made) });
    const first = listed({ 'Tag.1.Key': 'env', MaxResults: '3' });
    const second = listed({ 'Tag.1.Key': 'env', MaxResults: '3', NextToken: first.NextToken ?? '' });
    const values = [...first.TagResources, ...second.TagResources].map(({ TagValue }) => TagValue);
    expect(values).toEqual(['0', '1', '2', '3', '4']);
    expect(second.NextToken).toBeUndefined();
  });

  it.each<[reason: string, make: (bench: ReturnType<typeof createBench>) => string]>([
    ['in another region', (bench) => bench.elsewhere()],
    ['of another account', (bench) => bench.endpoint({ 'Tag.1.Key': 'env' }, '2')],
  ])('of an endpoint %s are out of reach', (_reason, make) => {
    const bench = createBench();
    const EndpointId = make(bench);
    const named = { ...ENDPOINT, 'ResourceId.1': EndpointId };
    expect(bench.call('TagResources', { ...named, 'Tag.1.Key': 'a' }).body.Code).toBe('InvalidResourceId.NotFound');
    expect(bench.call('UntagResources', { ...named, 'TagKey.1': 'env' }).body.Code).toBe('InvalidResourceId.NotFound');
    expect(bench.idsIn({ 'ResourceId.1': EndpointId })).toEqual([]);
    expect(bench.idsIn({ 'Tag.1.Key': 'env' })).toEqual([]);
    expect(bench.engine.inspect()[0]?.Tags).toEqual([{ Key: 'env', Value: '' }]);
  });

  it('of a service are given, listed and taken by its id, and an endpoint with that type is not found', () => {
    const { call, endpoint, listed } = createBench();
    const ServiceId = text(call('CreateVpcEndpointService', TWO_RESOURCES), 'ServiceId');
    const named = { ...SERVICE, 'ResourceId.1': ServiceId };
    expect(call('TagResources', { ...named, 'Tag.1.Key': 'env' }).status).toBe(200);
    const row = { TagKey: 'env', TagValue: '', ResourceId: ServiceId, ResourceType: 'vpcendpointservice' };
    expect(listed(named).TagResources).toEqual([row]);
    expect(listed({ ...SERVICE, 'Tag.1.Key': 'env' }).TagResources).toEqual([row]);
    const wrong = { ...SERVICE, 'ResourceId.1': endpoint(), 'Tag.1.Key': 'env' };
    expect(call('TagResources', wrong).body.Code).toBe('InvalidResourceId.NotFound');
    expect(call('UntagResources', { ...named, 'TagKey.1': 'env' }).status).toBe(200);
    expect(listed(named).TagResources).toEqual([]);
  });
});

describe('ChangeResourceGroup', () => {
  it('finds an endpoint of the account in any region, and no other', () => {
    const { call, endpoint, elsewhere } = createBench();
    const ResourceId = elsewhere();
    expect(call('ChangeResourceGroup', { ResourceId, ResourceGroupId: 'rg-1' }).status).toBe(200);
    const seen = call('GetVpcEndpointAttribute', { RegionId: OTHER_REGION, EndpointId: ResourceId }).body;
    expect(seen['ResourceGroupId']).toBe('rg-1');
    const other = { ResourceId: endpoint({}, '2'), ResourceGroupId: 'rg-1' };
    expect(call('ChangeResourceGroup', other).body.Code).toBe('ResourceNotFound');
  });
});
