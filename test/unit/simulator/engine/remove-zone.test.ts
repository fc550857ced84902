import { describe, expect, it } from 'vitest';
import type { SettingsChange, WireParameters } from '../../../../src/simulator/index.js';
import { createEngine, text } from '../fixture.js';

const ZONE = 'cn-huhehaote-b';
const SECOND = { 'Zone.2.ZoneId': 'cn-huhehaote-c', 'Zone.2.VSwitchId': 'vsw-2' };

/** A twin with one endpoint, and the calls that this file is about. */
function twinWithEndpoint(settings: SettingsChange = {}, parameters: WireParameters = {}) {
  const twin = createEngine({ timeToActive: { afterReads: 0 }, ...settings });
  const id = text(twin.create(parameters), 'EndpointId');
  return {
    ...twin,
    id,
    remove: (ZoneId = ZONE, more: WireParameters = {}) =>
      twin.call('RemoveZoneFromVpcEndpoint', { EndpointId: id, ZoneId, ...more }),
    zones: () =>
      (twin.call('ListVpcEndpointZones', { EndpointId: id }).body['Zones'] as Record<string, unknown>[]).map(
        ({ ZoneId, ZoneStatus }) => [ZoneId, ZoneStatus],
      ),
    erase: () => twin.call('DeleteVpcEndpoint', { EndpointId: id }),
  };
}

describe('RemoveZoneFromVpcEndpoint', () => {
  it('lets a zone be Deleting for a time and then absent, and the endpoint deletable', () => {
    const { remove, zones, erase, clock } = twinWithEndpoint({ zoneRemovalMs: 1_000 });
    expect(remove()).toEqual({ status: 200, body: { RequestId: expect.any(String) as unknown } });
    clock.nowMs += 999;
    expect(zones()).toEqual([[ZONE, 'Deleting']]);
    expect(erase().body.Code).toBe('EndpointDependenceViolation');
    clock.nowMs += 1;
    expect(zones()).toEqual([]);
    expect(remove().body).toMatchObject({
      Code: 'EndpointZoneNotFound',
      Message: 'The specified zone of Endpoint does not exist.',
    });
    expect(erase().status).toBe(200);
  });

  it('can take a number of looks at the zones', () => {
    const { remove, zones, clock } = twinWithEndpoint({ zoneRemovalMs: 0, zoneRemovalReads: 2 });
    remove();
    clock.nowMs += 60_000;
    expect([zones(), zones(), zones()]).toEqual([[[ZONE, 'Deleting']], [[ZONE, 'Deleting']], []]);
  });

  it('takes one zone at a time: EndpointLocked for the next until the first is gone', () => {
    const { remove, zones, clock } = twinWithEndpoint({ zoneRemovalMs: 1_000 }, SECOND);
    remove();
    expect(remove('cn-huhehaote-c').body.Code).toBe('EndpointLocked');
    expect(remove().body.Code).toBe('EndpointLocked');
    clock.nowMs += 1_000;
    expect(remove('cn-huhehaote-c').status).toBe(200);
    clock.nowMs += 1_000;
    expect(zones()).toEqual([]);
  });

  it.each<[reason: string, statuses: Record<string, string>, code: string]>([
    ['is being modified', { EndpointStatus: 'Pending' }, 'EndpointLocked'],
    ['is being connected', { ConnectionStatus: 'Connecting' }, 'EndpointConnectionOperationDenied'],
    ['is being disconnected', { ConnectionStatus: 'Disconnecting' }, 'EndpointConnectionOperationDenied'],
    ['is being deleted', { EndpointStatus: 'Deleting' }, 'EndpointOperationDenied'],
  ])('is refused while the endpoint %s', (_reason, statuses, code) => {
    const { remove, engine, id, zones } = twinWithEndpoint();
    engine.setEndpoint(id, statuses);
    expect(remove().body.Code).toBe(code);
    expect(zones()).toHaveLength(1);
  });

  it.each([
    ['refused', 'EndpointConnectionOperationDenied'],
    ['accepted', undefined],
  ] as const)('of an endpoint that is Creating is %s as the switch says', (position, code) => {
    const settings = { timeToActive: { afterReads: Infinity }, switches: { removeZoneWhileCreating: position } };
    expect(twinWithEndpoint(settings).remove().body.Code).toBe(code);
  });

  it('never takes the last zone of a Gateway Load Balancer endpoint, which is deleted with it', () => {
    const type = { EndpointType: 'GatewayLoadBalancer', 'SecurityGroupId.1': '', ...SECOND };
    const { remove, erase, clock, describe: read, id } = twinWithEndpoint({ zoneRemovalMs: 0, deleteMs: 0 }, type);
    expect(remove().status).toBe(200);
    clock.nowMs += 1;
    expect(remove('cn-huhehaote-c').body.Code).toBe('GatewayLoadBalancerZoneCountDeny');
    expect(erase().status).toBe(200);
    expect(read(id).body.Code).toBe('EndpointNotFound');
  });

  it('knows no endpoint that is not there or is of another account, and no zone that was never asked for', () => {
    const { call, id, remove } = twinWithEndpoint();
    const other = { EndpointId: id, ZoneId: ZONE };
    expect(call('RemoveZoneFromVpcEndpoint', { ...other, EndpointId: 'ep-none' }).body.Code).toBe('EndpointNotFound');
    expect(call('RemoveZoneFromVpcEndpoint', other, '2000000000000002').body.Code).toBe('EndpointNotFound');
    expect(remove('cn-huhehaote-z').body.Code).toBe('EndpointZoneNotFound');
    expect(call('RemoveZoneFromVpcEndpoint', { EndpointId: id }).body.Code).toBe('MissingZoneId');
  });

  it('removes nothing in a dry run', () => {
    const { remove, zones } = twinWithEndpoint();
    expect(remove(ZONE, { DryRun: 'true' }).body.Code).toBe('DryRunOperation');
    expect(zones()).toEqual([[ZONE, 'Connected']]);
  });

  it('gives the address back', () => {
    const { remove, create, clock } = twinWithEndpoint({ zoneRemovalMs: 0 }, { 'Zone.1.ip': '10.0.0.5' });
    const again = { 'Zone.1.ip': '10.0.0.5' };
    expect(create(again).body.Code).toBe('EniIpUnavailable');
    remove();
    clock.nowMs += 1;
    expect(create(again).status).toBe(200);
  });

  it('is shown to whoever inspects the twin', () => {
    const { remove, engine } = twinWithEndpoint();
    remove();
    expect(engine.inspect()).toMatchObject([{ Zones: [{ ZoneId: ZONE, ZoneStatus: 'Deleting' }] }]);
  });
});
