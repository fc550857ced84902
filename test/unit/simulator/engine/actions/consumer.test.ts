import { describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS, type SettingsChange, type WireParameters } from '../../../../../src/simulator/index.js';
import { ACCOUNT, createEngine, REGION, text } from '../../fixture.js';

const STS = { principal: 'role/deployer', sts: true };

/** An engine with one endpoint that is Active and Connected. */
function withEndpoint(request: WireParameters = {}, settings: SettingsChange = {}) {
  const bench = createEngine({ timeToActive: { afterMs: 0 }, ...settings });
  const EndpointId = text(bench.create(request), 'EndpointId');
  const call = (action: string, parameters: WireParameters = {}) => bench.call(action, { EndpointId, ...parameters });
  return {
    ...bench,
    EndpointId,
    act: call,
    attribute: (name: string) => call('GetVpcEndpointAttribute').body[name],
    zones: () => call('ListVpcEndpointZones').body['Zones'] as Record<string, unknown>[],
    groups: () => call('ListVpcEndpointSecurityGroups').body['SecurityGroups'] as Record<string, unknown>[],
    pass: (ms: number) => (bench.clock.nowMs += ms),
  };
}

describe('UpdateVpcEndpointAttribute', () => {
  it('changes what it is given, and the endpoint is Pending for a while', () => {
    const { act, attribute, pass, call } = withEndpoint({ EndpointName: 'before', EndpointDescription: 'stays' });
    expect(act('UpdateVpcEndpointAttribute', { EndpointName: 'after', ZoneAffinityEnabled: 'True' })).toMatchObject({
      status: 200,
    });
    expect(attribute('EndpointStatus')).toBe('Pending');
    pass(1_000);
    expect(attribute('EndpointStatus')).toBe('Active');
    expect(attribute('EndpointName')).toBe('after');
    expect(attribute('EndpointDescription')).toBe('stays');
    expect(attribute('ZoneAffinityEnabled')).toBe(true);
    expect(call('ListVpcEndpoints', { EndpointName: 'after' }).body['TotalCount']).toBe(1);
    expect(call('ListVpcEndpoints', { EndpointName: 'before' }).body['TotalCount']).toBe(0);
  });

  it('sets and resets a policy', () => {
    const { act, attribute, pass } = withEndpoint();
    act('UpdateVpcEndpointAttribute', { PolicyDocument: '{"a":1}' });
    pass(1_000);
    expect(attribute('PolicyDocument')).toBe('{"a":1}');
    act('UpdateVpcEndpointAttribute', { ResetPolicy: 'true' });
    pass(1_000);
    expect(attribute('PolicyDocument')).toBeUndefined();
  });

  it('moves to DualStack where service and vSwitches can, and never back', () => {
    const { act, attribute, pass } = withEndpoint();
    expect(act('UpdateVpcEndpointAttribute', { AddressIpVersion: 'DualStack' }).status).toBe(200);
    pass(1_000);
    expect(attribute('AddressIpVersion')).toBe('DualStack');
    expect(act('UpdateVpcEndpointAttribute', { AddressIpVersion: 'IPv4' }).body.Code).toBe(
      'OperationDenied.NotSupportDualStackSwitchToIpv4',
    );
  });

  it.each([
    ['EndpointNotFound', {}, { EndpointId: 'ep-none' }],
    ['IllegalParam.AddressIpVersion', {}, { AddressIpVersion: 'IPv6' }],
    [
      'OperationDenied.EndpointServiceNotSupportDualstack',
      { ServiceId: 'epsrv-ipv4' },
      { AddressIpVersion: 'DualStack' },
    ],
    [
      'OperationDenied.VSwitchNotSupportDualstack',
      { 'Zone.1.VSwitchId': 'vsw-ipv4' },
      { AddressIpVersion: 'DualStack' },
    ],
    ['OperationDenied.EndpointPolicyNotSupport', { ServiceId: 'epsrv-no-policy' }, { PolicyDocument: '{}' }],
    ['InvalidParameter.EndpointName', {}, { EndpointName: '1a' }],
  ])('is refused as %s', (code, request, change) => {
    expect(withEndpoint(request).act('UpdateVpcEndpointAttribute', change).body.Code).toBe(code);
  });

  it('runs once at a time in an account', () => {
    const { act, create, call, pass } = withEndpoint();
    const other = { EndpointId: text(create(), 'EndpointId'), EndpointName: 'other' };
    expect(act('UpdateVpcEndpointAttribute', { EndpointName: 'first' }).status).toBe(200);
    expect(call('UpdateVpcEndpointAttribute', other).body.Code).toBe('ConcurrentCallNotSupported');
    expect(call('UpdateVpcEndpointAttribute', { ...other, DryRun: 'true' }).body.Code).toBe(
      'ConcurrentCallNotSupported',
    );
    pass(1_000);
    expect(call('UpdateVpcEndpointAttribute', { ...other, DryRun: 'true' }).body.Code).toBe('DryRunOperation');
    expect(call('UpdateVpcEndpointAttribute', other).status).toBe(200);
  });

  it('is refused while the endpoint is Creating', () => {
    const { act } = withEndpoint({}, { timeToActive: { afterMs: 5_000 } });
    expect(act('UpdateVpcEndpointAttribute', { EndpointName: 'ab' }).body.Code).toBe('EndpointOperationDenied');
  });
});

describe('AddZoneToVpcEndpoint', () => {
  const ZONE = { ZoneId: 'cn-huhehaote-a', VSwitchId: 'vsw-2' };

  it('adds a zone that is Creating, then connects where the service accepts by itself', () => {
    const { act, zones, pass, effects } = withEndpoint();
    expect(act('AddZoneToVpcEndpoint', { ...ZONE, ip: '10.9.0.1' }).status).toBe(200);
    expect(zones()[1]).toMatchObject({ ...ZONE, EniIp: '10.9.0.1', ZoneStatus: 'Creating', RegionId: REGION });
    pass(2_000);
    expect(zones()[1]?.['ZoneStatus']).toBe('Connected');
    expect(zones()[1]?.['EniId']).toMatch(/^eni-/);
    expect(effects.map(({ kind }) => kind)).toContain('zoneChanged');
  });

  it('adds a zone that waits where the owner of the service has to accept', () => {
    const { act, zones, pass } = withEndpoint({ ServiceId: 'epsrv-manual' });
    expect(zones()[0]?.['ZoneStatus']).toBe('Wait');
    act('AddZoneToVpcEndpoint', ZONE);
    pass(2_000);
    expect(zones().map(({ ZoneStatus }) => ZoneStatus)).toEqual(['Wait', 'Wait']);
  });

  it.each([
    ['EndpointZoneDuplicated', {}, { ...ZONE, ZoneId: 'cn-huhehaote-b' }],
    ['VSwitchNotFound', {}, { ...ZONE, VSwitchId: 'vsw-missing' }],
    ['VSwitchStatusNotAllowed', {}, { ...ZONE, VSwitchId: 'vsw-pending' }],
    ['ResourceNotEnough.VSwitchIp', {}, { ...ZONE, VSwitchId: 'vsw-full' }],
    ['IllegalParam.Ip', {}, { ...ZONE, ip: 'x' }],
    ['EniIpUnavailable', { 'Zone.1.ip': '10.9.0.1' }, { ...ZONE, VSwitchId: 'vsw-1', ip: '10.9.0.1' }],
    ['OperationDenied.AddressIpVersionNotSupportSpecifyIpv6', {}, { ...ZONE, Ipv6Address: '2408::1' }],
    [
      'OperationDenied.VSwitchNotSupportDualstack',
      { AddressIpVersion: 'DualStack' },
      { ...ZONE, VSwitchId: 'vsw-ipv4' },
    ],
    ['MissingZoneId', {}, { VSwitchId: 'vsw-2' }],
    ['EndpointNotFound', {}, { ...ZONE, EndpointId: 'ep-none' }],
  ])('is refused as %s', (code, request, zone) => {
    expect(withEndpoint(request).act('AddZoneToVpcEndpoint', zone).body.Code).toBe(code);
  });

  it('stops at the quota, and at a service that left the zone', () => {
    const { act } = withEndpoint({}, { quotas: { zonesPerEndpoint: 1 } });
    expect(act('AddZoneToVpcEndpoint', ZONE).body.Code).toBe('QuotaMisMatched');
    const services = [{ ServiceId: 'epsrv-1', Zones: ['cn-huhehaote-b'] }];
    expect(withEndpoint({}, { services }).act('AddZoneToVpcEndpoint', ZONE).body.Code).toBe(
      'EndpointServiceNotSupportedZone',
    );
  });

  it('gives nobody an address that another endpoint asked for', () => {
    const { create, engine } = createEngine();
    expect(create().status).toBe(200);
    const next = String(engine.inspect()[0]?.Zones[0]?.EniIp).replace(/\d+$/, (last) => String(Number(last) + 1));
    expect(create({ 'Zone.1.ip': next }).status).toBe(200);
    expect(create().status).toBe(200);
    const addresses = engine.inspect().flatMap(({ Zones }) => Zones.map(({ EniIp }) => EniIp));
    expect(addresses).toContain(next);
    expect(new Set(addresses).size).toBe(3);
  });

  it('tells when a zone was added and removed, not when somebody looked', () => {
    const { act, pass, effects, engine } = withEndpoint();
    act('AddZoneToVpcEndpoint', { ZoneId: `${REGION}-c`, VSwitchId: 'vsw-3' });
    pass(60_000);
    act('RemoveZoneFromVpcEndpoint', { ZoneId: `${REGION}-c` });
    pass(60_000);
    engine.inspect();
    const at = (kind: string) => effects.find((effect) => effect.kind === kind)?.at;
    expect(at('zoneChanged')).toBe('2026-01-01T00:00:02.000Z');
    expect(at('zoneRemoved')).toBe('2026-01-01T00:01:02.000Z');
  });

  it('locks the endpoint for other operations until it is done', () => {
    const { act, pass } = withEndpoint();
    act('AddZoneToVpcEndpoint', ZONE);
    const other = { ZoneId: 'cn-huhehaote-c', VSwitchId: 'vsw-3' };
    expect(act('AddZoneToVpcEndpoint', other).body.Code).toBe('EndpointLocked');
    expect(act('RemoveZoneFromVpcEndpoint', { ZoneId: 'cn-huhehaote-b' }).body.Code).toBe('EndpointLocked');
    expect(act('AttachSecurityGroupToVpcEndpoint', { SecurityGroupId: 'sg-2' }).body.Code).toBe('EndpointLocked');
    pass(2_000);
    expect(act('AddZoneToVpcEndpoint', other).status).toBe(200);
  });
});

describe('security groups', () => {
  it('are attached and detached while the endpoint is Pending', () => {
    const { act, groups, attribute, pass } = withEndpoint();
    expect(act('AttachSecurityGroupToVpcEndpoint', { SecurityGroupId: 'sg-2' }).status).toBe(200);
    expect(attribute('EndpointStatus')).toBe('Pending');
    expect(groups()).toEqual([
      { SecurityGroupId: 'sg-1', SecurityGroupStatus: 'Attached' },
      { SecurityGroupId: 'sg-2', SecurityGroupStatus: 'Attaching' },
    ]);
    pass(2_000);
    expect(attribute('EndpointStatus')).toBe('Active');
    act('DetachSecurityGroupFromVpcEndpoint', { SecurityGroupId: 'sg-1' });
    expect(groups()[0]?.['SecurityGroupStatus']).toBe('Detaching');
    pass(2_000);
    expect(groups()).toEqual([{ SecurityGroupId: 'sg-2', SecurityGroupStatus: 'Attached' }]);
  });

  it('are listed in pages of at most 50, with a count that is a number', () => {
    const { act } = withEndpoint({ 'SecurityGroupId.2': 'sg-2' });
    const first = act('ListVpcEndpointSecurityGroups', { MaxResults: '1' }).body;
    expect(first).toMatchObject({ TotalCount: 2, MaxResults: 1, SecurityGroups: [{ SecurityGroupId: 'sg-1' }] });
    const rest = act('ListVpcEndpointSecurityGroups', { MaxResults: '1', NextToken: String(first['NextToken']) }).body;
    expect(rest).toMatchObject({ SecurityGroups: [{ SecurityGroupId: 'sg-2' }] });
    expect(rest['NextToken']).toBeUndefined();
    expect(act('ListVpcEndpointSecurityGroups', { MaxResults: '51' }).body.Code).toBe('InvalidParameter.MaxResults');
  });

  it.each([
    ['AttachSecurityGroupToVpcEndpoint', 'SecurityGroupExist', 'sg-1'],
    ['AttachSecurityGroupToVpcEndpoint', 'SecurityGroupNotFound', 'sg-missing'],
    ['AttachSecurityGroupToVpcEndpoint', 'SecurityGroupTypeNotSupport', 'sg-managed'],
    ['AttachSecurityGroupToVpcEndpoint', 'SecurityGroupTypeOnlySingleTypeSupporteded', 'sg-enterprise'],
    ['DetachSecurityGroupFromVpcEndpoint', 'SecurityGroupNotFound', 'sg-2'],
    ['DetachSecurityGroupFromVpcEndpoint', 'EndpointMustContainSecurityGroup', 'sg-1'],
  ])('%s is refused as %s', (action, code, SecurityGroupId) => {
    expect(withEndpoint().act(action, { SecurityGroupId }).body.Code).toBe(code);
  });

  it('are nothing for a GatewayLoadBalancer endpoint', () => {
    const { act } = withEndpoint({ EndpointType: 'GatewayLoadBalancer', 'SecurityGroupId.1': '' });
    expect(act('AttachSecurityGroupToVpcEndpoint', { SecurityGroupId: 'sg-1' }).body.Code).toBe(
      'GatewayLoadBalancerNotSupportSecurityGroup',
    );
  });
});

describe('tags', () => {
  it.each([
    ['numbered', { 'Tag.1.Key': 'a', 'Tag.1.Value': '1', 'Tag.2.Key': 'b' }, 'ResourceId.1'],
    ['one JSON text', { Tag: '[ {"Key":"a","Value":"1"},\n {"Key":"b"} ]' }, 'ResourceId'],
  ])('are set in the shape of %s, listed and removed', (_, tags: WireParameters, idName) => {
    const { call, EndpointId } = withEndpoint({ 'Tag.1.Key': 'a', 'Tag.1.Value': 'old' });
    const resource = {
      ResourceType: 'VpcEndpoint',
      [idName]: idName === 'ResourceId' ? `["${EndpointId}"]` : EndpointId,
    };
    expect(call('TagResources', { ...resource, ...tags }).status).toBe(200);
    const listed = call('ListTagResources', { ...resource, ResourceType: 'vpcendpoint' });
    expect(listed.body['TagResources']).toEqual([
      { TagKey: 'a', TagValue: '1', ResourceId: EndpointId, ResourceType: 'vpcendpoint' },
      { TagKey: 'b', TagValue: '', ResourceId: EndpointId, ResourceType: 'vpcendpoint' },
    ]);
    expect(call('ListVpcEndpoints', { 'Tag.1.Key': 'b' }).body['TotalCount']).toBe(1);
    expect(call('UntagResources', { ...resource, 'TagKey.1': 'a' }).status).toBe(200);
    expect(call('ListVpcEndpoints', { 'Tag.1.Key': 'a' }).body['TotalCount']).toBe(0);
    expect(call('UntagResources', { ...resource, All: 'True' }).status).toBe(200);
    expect(call('ListTagResources', resource).body['TagResources']).toEqual([]);
  });

  it('are found by what they say, of resources of one type', () => {
    const { call, create } = withEndpoint({ 'Tag.1.Key': 'env', 'Tag.1.Value': 'a', 'Tag.2.Key': 'x' });
    create({ 'Tag.1.Key': 'env', 'Tag.1.Value': 'b' });
    const found = (parameters: WireParameters) =>
      call('ListTagResources', { ResourceType: 'vpcendpoint', ...parameters }).body['TagResources'];
    expect(found({ 'Tag.1.Key': 'env', 'Tag.1.Value': 'b' })).toMatchObject([{ TagKey: 'env', TagValue: 'b' }]);
    expect(found({ 'Tag.1.Key': 'env' })).toHaveLength(2);
    expect(found({ 'Tag.1.Key': 'env', ResourceType: 'vpcendpointservice' })).toEqual([]);
  });

  const RESOURCE = { ResourceType: 'vpcendpoint' };
  it.each([
    ['TagResources', 'MissingResourceId', { 'Tag.1.Key': 'a' }],
    ['TagResources', 'InvalidResourceId.NotFound', { 'ResourceId.1': 'ep-none', 'Tag.1.Key': 'a' }],
    ['TagResources', 'MissingTagKeyParam', { 'ResourceId.1': 'own' }],
    ['TagResources', 'MissingTagKeyParam', { 'ResourceId.1': 'own', 'Tag.1.Value': 'a' }],
    ['TagResources', 'IllegalTagKeyParam', { 'ResourceId.1': 'own', 'Tag.1.Key': 'aliyun' }],
    ['TagResources', 'DuplicatedTagKey', { 'ResourceId.1': 'own', 'Tag.1.Key': 'a', 'Tag.2.Key': 'a' }],
    ['TagResources', 'InvalidParameter.Tag', { 'ResourceId.1': 'own', Tag: '{' }],
    ['TagResources', 'InvalidParameter.ResourceType', { ResourceType: 'vpc', 'ResourceId.1': 'own', 'Tag.1.Key': 'a' }],
    ['UntagResources', 'TagInfoNotExist', { 'ResourceId.1': 'own', 'TagKey.1': 'b' }],
    ['UntagResources', 'DuplicatedTagKey', { 'ResourceId.1': 'own', 'TagKey.1': 'b', 'TagKey.2': 'b' }],
    ['UntagResources', 'MissingTagKey', { 'ResourceId.1': 'own' }],
    ['ListTagResources', 'MissingResourceIdOrTagParam', {}],
    ['ListTagResources', 'MissingTagKeyParam', { 'Tag.1.Value': 'a' }],
    ['ListTagResources', 'DuplicatedTagKey', { 'Tag.1.Key': 'a', 'Tag.2.Key': 'a' }],
  ])('%s is refused as %s', (action, code, parameters: WireParameters) => {
    const { call, EndpointId } = withEndpoint();
    const given = Object.fromEntries(
      Object.entries({ ...RESOURCE, ...parameters }).map(([name, value]) => [
        name,
        value === 'own' ? EndpointId : value,
      ]),
    );
    expect(call(action, given).body.Code).toBe(code);
  });

  it('are twenty at most, those that it had included', () => {
    const { call, EndpointId } = withEndpoint({ 'Tag.1.Key': 'kept' });
    const twenty = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`Tag.${n + 1}.Key`, `k${n}`]));
    expect(call('TagResources', { ...RESOURCE, 'ResourceId.1': EndpointId, ...twenty }).body.Code).toBe(
      'QuotaExceed.TagsPerResource',
    );
  });

  it('are none of another account`s business', () => {
    const { engine, EndpointId } = withEndpoint();
    const parameters = { RegionId: REGION, ...RESOURCE, 'ResourceId.1': EndpointId, 'Tag.1.Key': 'a' };
    expect(engine.call({ action: 'TagResources', parameters, accountId: '2' }).body.Code).toBe(
      'InvalidResourceId.NotFound',
    );
  });
});

describe('ChangeResourceGroup', () => {
  it('names no region', () => {
    const { engine, EndpointId, attribute } = withEndpoint();
    const change = (parameters: WireParameters) =>
      engine.call({ action: 'ChangeResourceGroup', parameters, accountId: ACCOUNT });
    expect(change({ ResourceId: EndpointId, ResourceGroupId: 'rg-2' }).status).toBe(200);
    expect(attribute('ResourceGroupId')).toBe('rg-2');
    expect(change({ ResourceId: 'ep-none', ResourceGroupId: 'rg-2' }).body.Code).toBe('ResourceNotFound');
    expect(change({ ResourceId: EndpointId, ResourceGroupId: '?' }).body.Code).toBe('InvalidResourceGroup');
    const service = { ResourceId: EndpointId, ResourceGroupId: 'rg-2', ResourceType: 'VpcEndpointService' };
    expect(change(service).body.Code).toBe('ResourceNotFound');
  });
});

describe('regions and zones', () => {
  it('are nested, unlike every other list', () => {
    const { engine, call } = createEngine();
    const all = engine.call({ action: 'DescribeRegions', parameters: {}, accountId: ACCOUNT }).body;
    const { Region } = all['Regions'] as { Region: Record<string, unknown>[] };
    expect(Region).toHaveLength(DEFAULT_SETTINGS.world.regions.length);
    expect(Region[0]).toMatchObject({ RegionEndpoint: `privatelink.${String(Region[0]?.['RegionId'])}.aliyuncs.com` });
    expect(call('DescribeRegions', {}).body).toMatchObject({ Regions: { Region } });
    engine.configure({ switches: { describeRegionsFilters: true } });
    expect(call('DescribeRegions', {}).body['Regions']).toMatchObject({ Region: [{ RegionId: REGION }] });
    expect(call('DescribeZones', {}).body).toMatchObject({
      Zones: { Zone: expect.arrayContaining([{ ZoneId: `${REGION}-a`, LocalName: `${REGION}-a` }]) as unknown },
    });
  });
});

describe('an endpoint that a role protects', () => {
  it('is changed and deleted by no other temporary credentials', () => {
    const { engine, clock } = createEngine({
      timeToActive: { afterMs: 0 },
      switches: { deleteNeedsZonesRemoved: false },
    });
    const call = (action: string, parameters: WireParameters, caller?: typeof STS) =>
      engine.call({
        action,
        parameters: { RegionId: REGION, ...parameters },
        accountId: ACCOUNT,
        ...(caller === undefined ? {} : { caller }),
      });
    const request = { VpcId: 'vpc-1', ServiceId: 'epsrv-1', 'SecurityGroupId.1': 'sg-1', ProtectedEnabled: 'True' };
    const EndpointId = text(call('CreateVpcEndpoint', request, STS), 'EndpointId');
    const other = { principal: 'role/other', sts: true };
    for (const action of ['DeleteVpcEndpoint', 'UpdateVpcEndpointAttribute']) {
      expect(call(action, { EndpointId }, other).body.Code).toBe('OperationDenied.EndpointProtected');
    }
    expect(call('UpdateVpcEndpointAttribute', { EndpointId, EndpointName: 'ab' }, STS).status).toBe(200);
    clock.nowMs += 1_000;
    expect(call('DeleteVpcEndpoint', { EndpointId }, STS).status).toBe(200);
  });
});

describe('hints of a fault', () => {
  it('let an endpoint never become Active', () => {
    const { engine, call, clock } = createEngine({ timeToActive: { afterMs: 0 } });
    const parameters = { RegionId: REGION, VpcId: 'vpc-1', ServiceId: 'epsrv-1', 'SecurityGroupId.1': 'sg-1' };
    const made = engine.call({ action: 'CreateVpcEndpoint', parameters, accountId: ACCOUNT, stuckCreating: true });
    clock.nowMs += 1e9;
    expect(call('GetVpcEndpointAttribute', { EndpointId: text(made, 'EndpointId') }).body['EndpointStatus']).toBe(
      'Creating',
    );
  });

  it('let a List show what was', () => {
    const { engine, create, clock } = createEngine({ timeToActive: { afterMs: 1_000 } });
    const list = (staleMs?: number) =>
      engine.call({
        action: 'ListVpcEndpoints',
        parameters: { RegionId: REGION },
        accountId: ACCOUNT,
        ...(staleMs === undefined ? {} : { view: { staleMs } }),
      }).body['Endpoints'];
    create();
    clock.nowMs += 1_500;
    expect(list()).toMatchObject([{ EndpointStatus: 'Active' }]);
    expect(list(1_000)).toMatchObject([{ EndpointStatus: 'Creating' }]);
    expect(list(2_000)).toEqual([]);
  });
});
