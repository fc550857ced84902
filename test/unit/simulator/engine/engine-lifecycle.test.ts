import { describe, expect, it } from 'vitest';
import type { TimeToActive } from '../../../../src/simulator/index.js';
import { createEngine, REGION, START_MS, text } from '../fixture.js';

const made = (engine: ReturnType<typeof createEngine>) => text(engine.create(), 'EndpointId');

describe('time to Active', () => {
  it('is drawn between 20 and 60 s unless something else is set', () => {
    const twin = createEngine();
    const ids = Array.from({ length: 200 }, () => made(twin));
    const statuses = () => new Set(ids.map((id) => text(twin.describe(id), 'EndpointStatus')));
    twin.clock.nowMs = START_MS + 19_999;
    expect(statuses()).toEqual(new Set(['Creating']));
    twin.clock.nowMs = START_MS + 40_000;
    expect(statuses()).toEqual(new Set(['Creating', 'Active']));
    twin.clock.nowMs = START_MS + 60_000;
    expect(statuses()).toEqual(new Set(['Active']));
  });

  it('passes with the clock, and the true moment is told however late it is looked at', () => {
    const twin = createEngine({ timeToActive: { afterMs: 1_000 } });
    const id = made(twin);
    twin.clock.nowMs += 999;
    expect(text(twin.describe(id), 'EndpointStatus')).toBe('Creating');
    twin.clock.nowMs += 60_000;
    expect(text(twin.describe(id), 'EndpointStatus')).toBe('Active');
    expect(twin.engine.inspect()).toMatchObject([{ EndpointId: id, activeAt: '2026-01-01T00:00:01.000Z' }]);
    expect(twin.effects.map(({ kind, at }) => [kind, at])).toEqual([
      ['created', '2026-01-01T00:00:00.000Z'],
      ['active', '2026-01-01T00:00:01.000Z'],
    ]);
  });

  const reads: [afterReads: number, seen: string[]][] = [
    [0, ['Active', 'Active']],
    [1, ['Creating', 'Active']],
    [3, ['Creating', 'Creating', 'Creating', 'Active']],
    [Infinity, ['Creating', 'Creating', 'Creating', 'Creating', 'Creating']],
  ];
  it.each(reads)('can be %d reads, whatever the clock says', (afterReads, seen) => {
    const twin = createEngine({ timeToActive: { afterReads } });
    const id = made(twin);
    twin.clock.nowMs += 10 ** 9;
    twin.call('ListVpcEndpoints', {});
    expect(seen.map(() => text(twin.describe(id), 'EndpointStatus'))).toEqual(seen);
  });

  it('is settled when an endpoint is made: later settings touch later endpoints only', () => {
    const twin = createEngine({ timeToActive: { afterReads: 0 } });
    const early = made(twin);
    twin.engine.configure({ timeToActive: { afterReads: Infinity } satisfies TimeToActive });
    const late = made(twin);
    expect(text(twin.describe(early), 'EndpointStatus')).toBe('Active');
    expect(text(twin.describe(late), 'EndpointStatus')).toBe('Creating');
  });
});

describe('GetVpcEndpointAttribute', () => {
  it('shows everything but zones, security groups and tags', () => {
    const twin = createEngine({ timeToActive: { afterReads: 0 } });
    const { body } = twin.create({
      EndpointName: 'web',
      'Tag.1.Key': 'a',
      ResourceGroupId: 'rg-1',
      PolicyDocument: '{"Version":"1"}',
      ServiceRegionId: 'cn-hangzhou',
      CrossRegionBandwidth: '200',
    });
    const read = twin.describe(body['EndpointId'] as string).body;
    expect(read).toEqual({
      ...body,
      RequestId: read.RequestId,
      EndpointStatus: 'Active',
      ConnectionStatus: 'Connected',
      EndpointType: 'Interface',
      RegionId: REGION,
      ResourceOwner: true,
      Payer: 'Endpoint',
      ZonePrivateIpAddressCount: 1,
      ResourceGroupId: 'rg-1',
      PolicyDocument: '{"Version":"1"}',
    });
    expect(read).toMatchObject({ ServiceRegionId: 'cn-hangzhou', CrossRegionBandwidth: 200 });
    expect(read.RequestId).not.toBe(body.RequestId);
  });

  it('answers 400 EndpointNotFound for what never was, is of another account or of another region', () => {
    const twin = createEngine();
    const id = made(twin);
    const notFound = {
      status: 400,
      body: { Code: 'EndpointNotFound', Message: 'The specified Endpoint does not exist.' },
    };
    expect(twin.describe('ep-none')).toMatchObject(notFound);
    expect(twin.describe(id, '2000000000000002')).toMatchObject(notFound);
    expect(twin.call('GetVpcEndpointAttribute', { EndpointId: id, RegionId: 'cn-hangzhou' })).toMatchObject(notFound);
  });

  it('does not find an endpoint at first where it is told to lag', () => {
    const twin = createEngine({ switches: { getVisibleAfterMs: 500 } });
    const id = made(twin);
    expect(twin.describe(id).body.Code).toBe('EndpointNotFound');
    twin.clock.nowMs += 500;
    expect(twin.describe(id).status).toBe(200);
  });
});

describe('the connection and the zones', () => {
  it('connect with Active where the service accepts by itself', () => {
    const twin = createEngine({ timeToActive: { afterMs: 1_000 } });
    const id = text(twin.create({ 'Zone.1.ip': '10.9.9.9' }), 'EndpointId');
    const zones = () => twin.call('ListVpcEndpointZones', { EndpointId: id }).body;
    expect(zones()).toMatchObject({ TotalCount: 1, MaxResults: 50, Zones: [{ ZoneStatus: 'Creating' }] });
    twin.clock.nowMs += 1_000;
    expect(text(twin.describe(id), 'ConnectionStatus')).toBe('Connected');
    expect(zones()['Zones']).toEqual([
      {
        ZoneId: 'cn-huhehaote-b',
        VSwitchId: 'vsw-1',
        EniId: expect.stringMatching(/^eni-/) as unknown,
        EniIp: '10.9.9.9',
        ZoneDomain: `${id}-cn-huhehaote-b.epsrv-1.${REGION}.privatelink.aliyuncs.com`,
        ZoneStatus: 'Connected',
        RegionId: REGION,
      },
    ]);
  });

  it('stay Disconnected and Wait where it does not', () => {
    const twin = createEngine({ timeToActive: { afterReads: 0 }, autoAccept: false });
    const id = made(twin);
    expect(twin.describe(id).body).toMatchObject({ EndpointStatus: 'Active', ConnectionStatus: 'Disconnected' });
    expect(twin.call('ListVpcEndpointZones', { EndpointId: id }).body).toMatchObject({
      Zones: [{ ZoneStatus: 'Wait' }],
    });
  });

  it('list no zones of an endpoint that does not exist', () => {
    expect(createEngine().call('ListVpcEndpointZones', { EndpointId: 'ep-none' }).body.Code).toBe('EndpointNotFound');
  });
});

/** Endpoints are deleted with the zones that they have. */
const zoned = { switches: { deleteNeedsZonesRemoved: false } } as const;

describe('DeleteVpcEndpoint', () => {
  it('lets an endpoint be Deleting for a while and then absent', () => {
    const twin = createEngine({ ...zoned, deleteMs: 2_000 });
    const id = made(twin);
    expect(twin.call('DeleteVpcEndpoint', { EndpointId: id })).toEqual({
      status: 200,
      body: { RequestId: expect.any(String) as unknown },
    });
    expect(twin.describe(id).body).toMatchObject({ EndpointStatus: 'Deleting', ConnectionStatus: 'Deleting' });
    twin.clock.nowMs += 120_000;
    expect(twin.describe(id).body.Code).toBe('EndpointNotFound');
    expect(twin.call('DeleteVpcEndpoint', { EndpointId: id }).body.Code).toBe('EndpointNotFound');
    expect(twin.effects.map(({ kind, at }) => [kind, at])).toEqual([
      ['created', '2026-01-01T00:00:00.000Z'],
      ['deleting', '2026-01-01T00:00:00.000Z'],
      ['deleted', '2026-01-01T00:00:02.000Z'],
    ]);
  });

  it('is over only after as many looks as are asked for, and then at the time of the last', () => {
    const twin = createEngine({ ...zoned, deleteMs: 1_000, deleteReads: 2 });
    const id = made(twin);
    twin.call('DeleteVpcEndpoint', { EndpointId: id });
    twin.clock.nowMs += 60_000;
    expect(text(twin.describe(id), 'EndpointStatus')).toBe('Deleting');
    expect(text(twin.describe(id), 'EndpointStatus')).toBe('Deleting');
    expect(twin.describe(id).body.Code).toBe('EndpointNotFound');
    expect(twin.effects.at(-1)).toMatchObject({ kind: 'deleted', at: '2026-01-01T00:01:00.000Z' });
  });

  it('deletes nothing in a dry run', () => {
    const twin = createEngine(zoned);
    const id = made(twin);
    expect(twin.call('DeleteVpcEndpoint', { EndpointId: id, DryRun: 'True' }).body.Code).toBe('DryRunOperation');
    expect(text(twin.describe(id), 'EndpointStatus')).toBe('Creating');
  });

  it('does not touch an endpoint of another account', () => {
    const twin = createEngine();
    const id = made(twin);
    expect(twin.call('DeleteVpcEndpoint', { EndpointId: id }, '2').body.Code).toBe('EndpointNotFound');
    expect(twin.describe(id).status).toBe(200);
  });

  it('refuses an endpoint with zones, unless that switch is off', () => {
    const twin = createEngine();
    expect(twin.call('DeleteVpcEndpoint', { EndpointId: made(twin) }).body).toMatchObject({
      Code: 'EndpointDependenceViolation',
      Message: 'The specified endpoint has dependent zone(s).',
    });
    const lenient = createEngine(zoned);
    expect(lenient.call('DeleteVpcEndpoint', { EndpointId: made(lenient) }).status).toBe(200);
  });

  it.each([
    ['refused', 'EndpointOperationDenied'],
    ['accepted', undefined],
  ] as const)('of an endpoint that is being deleted is %s as the switch says', (position, code) => {
    const twin = createEngine({ switches: { ...zoned.switches, deleteWhileDeleting: position } });
    const id = made(twin);
    twin.call('DeleteVpcEndpoint', { EndpointId: id });
    expect(twin.call('DeleteVpcEndpoint', { EndpointId: id }).body.Code).toBe(code);
    expect(twin.effects.filter(({ kind }) => kind === 'deleting')).toHaveLength(1);
  });

  it('of an endpoint that is Creating can be refused', () => {
    const twin = createEngine({ switches: { deleteWhileCreating: 'refused' } });
    expect(twin.call('DeleteVpcEndpoint', { EndpointId: made(twin) }).body.Code).toBe('EndpointOperationDenied');
  });
});

describe('the hand of a test', () => {
  it('forces any status upon an endpoint and keeps it there', () => {
    const twin = createEngine({ timeToActive: { afterMs: 1_000 } });
    const id = made(twin);
    twin.engine.setEndpoint(id, { EndpointStatus: 'Upgrading' });
    twin.engine.setEndpoint(id, { EndpointBusinessStatus: 'FinancialLocked', ConnectionStatus: 'ServiceDeleted' });
    twin.clock.nowMs += 60_000;
    expect(twin.describe(id).body).toMatchObject({
      EndpointStatus: 'Upgrading',
      EndpointBusinessStatus: 'FinancialLocked',
      ConnectionStatus: 'ServiceDeleted',
    });
  });

  it('makes an endpoint Active now', () => {
    const twin = createEngine({ timeToActive: { afterReads: Infinity } });
    const id = made(twin);
    twin.clock.nowMs += 7;
    expect(twin.engine.setEndpoint(id, { EndpointStatus: 'Active' })).toBe(true);
    expect(twin.describe(id).body).toMatchObject({ EndpointStatus: 'Active', ConnectionStatus: 'Connected' });
    expect(twin.engine.inspect()).toMatchObject([{ activeAt: '2026-01-01T00:00:00.007Z' }]);
  });

  it('lets an endpoint vanish', () => {
    const twin = createEngine();
    const id = made(twin);
    expect(twin.engine.removeEndpoint(id)).toBe(true);
    expect(twin.describe(id).body.Code).toBe('EndpointNotFound');
    expect(twin.engine.removeEndpoint(id)).toBe(false);
    expect(twin.engine.setEndpoint(id, { EndpointStatus: 'Active' })).toBe(false);
  });
});
