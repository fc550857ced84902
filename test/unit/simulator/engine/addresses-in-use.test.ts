import { describe, expect, it } from 'vitest';
import { DEFAULT_WORLD } from '../../../../src/simulator/index.js';
import { createEngine, REGION, seededRandom, text } from '../fixture.js';
import { createMarket, CONSUMER, ZONE_A } from './actions/provider.js';

const SETTINGS = { timeToActive: { afterMs: 0 }, zoneAddMs: 1_000, zoneRemovalMs: 1_000, deleteMs: 1_000 };
const ZONES = [
  { ZoneId: `${REGION}-b`, VSwitchId: 'vsw-1' },
  { ZoneId: `${REGION}-c`, VSwitchId: 'vsw-2' },
] as const;

function createBench() {
  const bench = createEngine(SETTINGS);
  const { create, call, engine } = bench;
  const zone = ({ ZoneId, VSwitchId }: { ZoneId: string; VSwitchId: string }, ip?: string) => ({
    'Zone.1.ZoneId': ZoneId,
    'Zone.1.VSwitchId': VSwitchId,
    ...(ip === undefined ? {} : { 'Zone.1.ip': ip }),
  });
  /** What a call is told that only tries to have an address. */
  const tried = (VSwitchId: string, ip: string) =>
    create({ ...zone({ ...ZONES[VSwitchId === 'vsw-1' ? 0 : 1], VSwitchId }, ip), DryRun: 'true' }).body.Code;
  const addresses = () =>
    engine.inspect().flatMap(({ Zones }) => Zones.map(({ VSwitchId, EniIp }) => `${VSwitchId} ${EniIp}`));
  const addressOf = (EndpointId: string, at = 0) =>
    engine.inspect().find((endpoint) => endpoint.EndpointId === EndpointId)?.Zones[at]?.EniIp ?? '';
  const addZone = (EndpointId: string, more = {}) => call('AddZoneToVpcEndpoint', { EndpointId, ...ZONES[1], ...more });
  const removeZone = (EndpointId: string, ZoneId: string) =>
    call('RemoveZoneFromVpcEndpoint', { EndpointId, ZoneId }).status;
  return { ...bench, zone, tried, addresses, addressOf, addZone, removeZone };
}

describe('an address', () => {
  it('is in use whether it was asked for or given, at the creation or with a zone added later', () => {
    const { create, zone, tried, addressOf, addZone } = createBench();
    const EndpointId = text(create(zone(ZONES[0], '10.9.0.1')), 'EndpointId');
    const given = text(create(), 'EndpointId');
    expect(addZone(EndpointId, { ip: '10.9.0.2' }).status).toBe(200);
    expect(addZone(given).status).toBe(200);
    expect(tried('vsw-1', '10.9.0.1')).toBe('EniIpUnavailable');
    expect(tried('vsw-2', '10.9.0.2')).toBe('EniIpUnavailable');
    expect(tried('vsw-1', addressOf(given))).toBe('EniIpUnavailable');
    expect(tried('vsw-2', addressOf(given, 1))).toBe('EniIpUnavailable');
    expect(tried('vsw-2', '10.9.0.1')).toBe('DryRunOperation');
    expect(addZone(text(create(), 'EndpointId'), { ip: '10.9.0.2' }).body.Code).toBe('EniIpUnavailable');
  });

  it('is free from the moment at which its zone is gone, though nobody looked at the endpoint since', () => {
    const { create, zone, tried, removeZone, clock } = createBench();
    const EndpointId = text(create(zone(ZONES[0], '10.9.0.1')), 'EndpointId');
    expect(removeZone(EndpointId, ZONES[0].ZoneId)).toBe(200);
    clock.nowMs += 999;
    expect(tried('vsw-1', '10.9.0.1')).toBe('EniIpUnavailable');
    clock.nowMs += 1;
    expect(tried('vsw-1', '10.9.0.1')).toBe('DryRunOperation');
  });

  it('is free again where its endpoint vanishes by the hand of a test', () => {
    const { create, zone, tried, engine } = createBench();
    engine.removeEndpoint(text(create(zone(ZONES[0], '10.9.0.1')), 'EndpointId'));
    expect(tried('vsw-1', '10.9.0.1')).toBe('DryRunOperation');
  });

  it('is another one in another account, another region and for each zone of one call', () => {
    const { create, zone } = createBench();
    const wanted = zone(ZONES[0], '10.9.0.1');
    expect(create(wanted).status).toBe(200);
    expect(create(wanted, '2').status).toBe(200);
    expect(create({ ...wanted, RegionId: 'cn-hangzhou', 'Zone.1.ZoneId': 'cn-hangzhou-b' }).status).toBe(200);
    const twice = { 'Zone.2.ZoneId': `${REGION}-c`, 'Zone.2.VSwitchId': 'vsw-1', 'Zone.2.ip': '10.9.0.3' };
    expect(create({ ...zone(ZONES[0], '10.9.0.3'), ...twice }).body.Code).toBe('EniIpUnavailable');
  });

  it('changes when a smooth migration gives a zone another network interface', () => {
    const market = createMarket();
    const ServiceId = market.makeService({ AutoAcceptEnabled: 'true' });
    const EndpointId = market.makeEndpoint(ServiceId, { 'Zone.1.ip': '10.9.0.1' });
    const lb = { ResourceId: 'lb-3', ResourceType: 'slb' };
    market.done('AttachResourceToVpcEndpointService', { ServiceId, ...lb, ZoneId: ZONE_A });
    market.done('UpdateVpcEndpointZoneConnectionResourceAttribute', {
      ...{ ServiceId, EndpointId, ZoneId: ZONE_A, ...lb },
      ResourceReplaceMode: 'Graceful',
    });
    const ip = market.engine.inspect()[0]?.Zones[0]?.EniIp ?? '';
    expect(ip).not.toBe('10.9.0.1');
    const code = (address: string) =>
      market.create({ ServiceId, 'Zone.1.ZoneId': ZONE_A, 'Zone.1.ip': address, DryRun: 'true' }, CONSUMER).body.Code;
    expect(code(ip)).toBe('EniIpUnavailable');
    expect(code('10.9.0.1')).toBe('DryRunOperation');
  });

  it('is in use exactly as long as an endpoint has it, whatever was called before', () => {
    const { create, call, engine, clock, zone, tried, addresses, addZone, removeZone } = createBench();
    const random = seededRandom(7);
    const draw = (below: number) => Math.floor(random() * below);
    const ids = new Set<string>();
    const seen = new Set<string>();
    const codes = new Set<unknown>();
    for (let step = 0; step < 400; step += 1) {
      clock.nowMs += draw(3) * 500;
      // No look at all endpoints here: what is due must be found by the call itself.
      const EndpointId = [...ids][draw(ids.size)] ?? 'ep-none';
      const ip = `10.9.0.${draw(12)}`;
      const turn = draw(6);
      if (turn < 2) {
        const answer = create(zone(ZONES[draw(2) as 0 | 1], ip));
        if (answer.status === 200) ids.add(text(answer, 'EndpointId'));
      } else if (turn === 2) addZone(EndpointId, draw(2) === 0 ? { ip } : {});
      else if (turn === 3) removeZone(EndpointId, ZONES[draw(2) as 0 | 1].ZoneId);
      else if (turn === 4) call('DeleteVpcEndpoint', { EndpointId });
      else if (draw(8) === 0) engine.removeEndpoint(EndpointId);
      const [VSwitchId, address] = [`vsw-${1 + draw(2)}`, `10.9.0.${draw(12)}`];
      const code = tried(VSwitchId, address);
      const used = addresses();
      for (const item of used) seen.add(item);
      expect([step, code]).toEqual([
        step,
        used.includes(`${VSwitchId} ${address}`) ? 'EniIpUnavailable' : 'DryRunOperation',
      ]);
      codes.add(code);
    }
    for (const item of seen) {
      const [VSwitchId = '', ip = ''] = item.split(' ');
      expect(tried(VSwitchId, ip)).toBe(addresses().includes(item) ? 'EniIpUnavailable' : 'DryRunOperation');
    }
    expect(codes.size).toBe(2);
    expect(seen.size).toBeGreaterThan(addresses().length);
  });
});

describe('a vSwitch with few addresses', () => {
  it('has one more as soon as a zone is gone', () => {
    const { create, call, clock } = createEngine({
      ...SETTINGS,
      world: {
        ...DEFAULT_WORLD,
        vSwitches: [{ VSwitchId: 'vsw-1', VpcId: 'vpc-1', ZoneId: ZONES[0].ZoneId, AvailableIpAddressCount: 2 }],
      },
    });
    const first = text(create(), 'EndpointId');
    expect(create().status).toBe(200);
    expect(create().body.Code).toBe('ResourceNotEnough.VSwitchIp');
    call('RemoveZoneFromVpcEndpoint', { EndpointId: first, ZoneId: ZONES[0].ZoneId });
    clock.nowMs += 999;
    expect(create().body.Code).toBe('ResourceNotEnough.VSwitchIp');
    clock.nowMs += 1;
    expect(create().status).toBe(200);
    expect(create().body.Code).toBe('ResourceNotEnough.VSwitchIp');
  });
});
