import { describe, expect, it } from 'vitest';
import type { Caller } from '../../../../src/simulator/engine/engine-state.js';
import { parseSwitches } from '../../../../src/simulator/engine/switches.js';
import {
  DEFAULT_SWITCHES,
  SWITCHES,
  type SwitchDefinition,
  type WireParameters,
} from '../../../../src/simulator/index.js';
import { ACCOUNT, createEngine, REGION, text, VALID_CREATE } from '../fixture.js';

const ZONE = { 'Zone.1.ip': '', 'Zone.1.IP': '10.9.0.1', vpcid: 'vpc-9' };
/** Endpoints are Active at once. */
const ACTIVE = { timeToActive: { afterMs: 0 } } as const;
const FIRST_ZONE = 'cn-huhehaote-b';

describe('switches', () => {
  it('have a default that is one of their positions, and say what they mean', () => {
    for (const [name, definition] of Object.entries<SwitchDefinition>(SWITCHES)) {
      expect(DEFAULT_SWITCHES).toHaveProperty(name, definition.default);
      expect(definition.says).toMatch(/^[A-Z].+\.$/);
      if (definition.values !== undefined) expect(definition.values).toContain(definition.default);
      expect(parseSwitches({ [name]: definition.default })).toEqual({ [name]: definition.default });
    }
  });

  it('are refused where they do not exist or cannot stand so', () => {
    expect(() => parseSwitches({ magic: true })).toThrow('There is no switch magic');
    expect(() => parseSwitches({ unknownParameters: 'maybe' })).toThrow('switches.unknownParameters is one of');
    expect(() => parseSwitches({ throttleStatus: '429' })).toThrow('switches.throttleStatus is not a number');
    expect(() => parseSwitches({ throttleStatus: 42 })).toThrow(
      'switches.throttleStatus is not a number from 400 to 599',
    );
    expect(() => parseSwitches({ tokenRetentionMs: -1 })).toThrow(
      'switches.tokenRetentionMs is not a number from 0 up',
    );
    expect(() => parseSwitches({ defaultEndpointType: 'Other' })).toThrow('switches.defaultEndpointType is one of');
    expect(() => parseSwitches([])).toThrow('switches is not a JSON object');
  });

  it('unknownParameters: ignored, or refused by name', () => {
    const settings = { switches: { unknownParameters: 'refused' } } as const;
    expect(createEngine().create({ Future: '1' }).status).toBe(200);
    expect(createEngine(settings).create({ Future: '1' }).body.Code).toBe('InvalidParameter.Future');
    expect(createEngine(settings).create({ SourceIp: '1', AcceptLanguage: 'en' }).status).toBe(200);
  });

  it('defaultEndpointType: what a request that names none asks for', () => {
    const { create } = createEngine({ switches: { defaultEndpointType: 'GatewayLoadBalancer' } });
    expect(create().body.Code).toBe('GatewayLoadBalancerNotSupportSecurityGroup');
    expect(create({ EndpointType: 'Interface' }).status).toBe(200);
  });

  it('zoneStatusAfterDisconnect: zones of a connection that was closed are Disconnected, or wait', () => {
    for (const zoneStatusAfterDisconnect of ['Disconnected', 'Wait'] as const) {
      const { create, call, clock } = createEngine({
        timeToActive: { afterMs: 0 },
        switches: { zoneStatusAfterDisconnect },
      });
      const EndpointId = text(create(), 'EndpointId');
      expect(call('DisableVpcEndpointConnection', { ServiceId: 'epsrv-1', EndpointId }).status).toBe(200);
      clock.nowMs += 60_000;
      const { Zones } = call('ListVpcEndpointZones', { EndpointId }).body;
      expect(Zones).toMatchObject([{ ZoneStatus: zoneStatusAfterDisconnect }]);
    }
  });

  it('parameterCase: names are told apart by case, or not', () => {
    const sensitive = createEngine();
    sensitive.create(ZONE);
    expect(sensitive.engine.inspect()[0]).toMatchObject({ VpcId: 'vpc-1', Zones: [{ EniIp: '10.0.0.0' }] });
    const insensitive = createEngine({ switches: { parameterCase: 'insensitive' } });
    insensitive.create(ZONE);
    expect(insensitive.engine.inspect()[0]).toMatchObject({ VpcId: 'vpc-9', Zones: [{ EniIp: '10.9.0.1' }] });
  });

  it('endpointNamesAreUnique: EndpointExist for the second of a name in a VPC', () => {
    const { create } = createEngine({ switches: { endpointNamesAreUnique: true } });
    expect(create({ EndpointName: 'orders' }).status).toBe(200);
    expect(create({ EndpointName: 'orders' }).body.Code).toBe('EndpointExist');
    expect(create({ EndpointName: 'orders', VpcId: 'vpc-2' }).status).toBe(200);
  });

  it('autoAcceptIsImmediate: off, the endpoint is Connecting first', () => {
    const { create, call, clock } = createEngine({
      timeToActive: { afterMs: 1_000 },
      switches: { autoAcceptIsImmediate: false },
    });
    const EndpointId = text(create(), 'EndpointId');
    const seen = () => {
      const { EndpointStatus, ConnectionStatus } = call('GetVpcEndpointAttribute', { EndpointId }).body;
      return [EndpointStatus, ConnectionStatus];
    };
    expect(seen()).toEqual(['Creating', 'Disconnected']);
    clock.nowMs += 1_000;
    expect(seen()).toEqual(['Active', 'Connecting']);
    clock.nowMs += 2_000;
    expect(seen()).toEqual(['Active', 'Connected']);
  });

  it('deleteWhileConnected: refused, an endpoint has to be disconnected first', () => {
    const { create, call, clock } = createEngine({
      timeToActive: { afterMs: 0 },
      switches: { deleteWhileConnected: 'refused' },
    });
    const EndpointId = text(create({ 'Zone.1.ZoneId': '', 'Zone.1.VSwitchId': '' }), 'EndpointId');
    expect(call('DeleteVpcEndpoint', { EndpointId }).body.Code).toBe('EndpointConnectionOperationDenied');
    expect(call('DisableVpcEndpointConnection', { EndpointId, ServiceId: 'epsrv-1' }).status).toBe(200);
    clock.nowMs += 2_000;
    expect(call('DeleteVpcEndpoint', { EndpointId }).status).toBe(200);
  });

  it.each([
    ['refused', 'EndpointConnectionOperationDenied'],
    ['accepted', undefined],
  ] as const)('removeZoneWhileConnected: %s', (removeZoneWhileConnected, code) => {
    const { create, call, describe: read } = createEngine({ ...ACTIVE, switches: { removeZoneWhileConnected } });
    const EndpointId = text(create(), 'EndpointId');
    expect(read(EndpointId).body['ConnectionStatus']).toBe('Connected');
    expect(call('RemoveZoneFromVpcEndpoint', { EndpointId, ZoneId: FIRST_ZONE }).body.Code).toBe(code);
  });

  it('removeZoneWhileConnected: refused, a zone of a connection that was closed can still be removed', () => {
    const { create, call, clock } = createEngine({ ...ACTIVE, switches: { removeZoneWhileConnected: 'refused' } });
    const EndpointId = text(create(), 'EndpointId');
    expect(call('DisableVpcEndpointConnection', { EndpointId, ServiceId: 'epsrv-1' }).status).toBe(200);
    clock.nowMs += 60_000;
    expect(call('RemoveZoneFromVpcEndpoint', { EndpointId, ZoneId: FIRST_ZONE }).status).toBe(200);
  });

  it('connectionVisibleAfterMs: Get has no connection of a new endpoint for so long, and List has the endpoint', () => {
    const { create, call, describe: read, clock } = createEngine({ switches: { connectionVisibleAfterMs: 3_000 } });
    const EndpointId = text(create(), 'EndpointId');
    clock.nowMs += 2_999;
    expect(read(EndpointId)).toMatchObject({ status: 400, body: { Code: 'EndpointConnectionNotFound' } });
    expect(read('ep-none').body.Code).toBe('EndpointNotFound');
    expect(call('ListVpcEndpoints', {}).body['TotalCount']).toBe(1);
    clock.nowMs += 1;
    expect(read(EndpointId).status).toBe(200);
  });

  it.each([
    ['eachOther', 'ConcurrentCallNotSupported'],
    ['themselves', 'DryRunOperation'],
  ] as const)('accountOperationsExclude: %s', (accountOperationsExclude, code) => {
    const { create, call } = createEngine({ ...ACTIVE, switches: { accountOperationsExclude } });
    const [first, second] = [text(create(), 'EndpointId'), text(create(), 'EndpointId')];
    const addUser = (user: string) =>
      call('AddUserToVpcEndpointService', { ServiceId: 'epsrv-1', UserId: user, DryRun: 'true' }).body.Code;
    const rename = (EndpointId: string) =>
      call('UpdateVpcEndpointAttribute', { EndpointId, EndpointName: 'other' }).body.Code;
    expect(addUser('7')).toBe('DryRunOperation');
    expect(rename(first)).toBeUndefined();
    expect(rename(second)).toBe('ConcurrentCallNotSupported');
    expect(addUser('7')).toBe(code);
  });

  it.each([
    ['eachOther', 'ConcurrentCallNotSupported'],
    ['themselves', undefined],
  ] as const)('accountOperationsExclude: %s, for connections too', (accountOperationsExclude, wanted) => {
    const { create, call } = createEngine({ ...ACTIVE, switches: { accountOperationsExclude } });
    const endpoints = Array.from({ length: 3 }, () => text(create(), 'EndpointId'));
    const [first, second, third] = endpoints.map((EndpointId) => ({ EndpointId, ServiceId: 'epsrv-1' }));
    const code = (action: string, parameters: WireParameters = {}) => call(action, parameters).body.Code;
    expect(code('DisableVpcEndpointConnection', first)).toBeUndefined();
    expect(code('DisableVpcEndpointConnection', second)).toBe('ConcurrentCallNotSupported');
    const change = { ...third, TrafficControlMode: 'Scalability' };
    expect(code('UpdateVpcEndpointConnectionAttribute', change)).toBe(wanted);
  });

  it.each([
    ['ignored', undefined],
    ['honoured', 'OperationDenied.EndpointProtected'],
  ] as const)('protectedWithoutSts: %s', (protectedWithoutSts, code) => {
    const { engine } = createEngine({ ...ACTIVE, switches: { protectedWithoutSts } });
    const key = { principal: 'key', sts: false };
    const run = (action: string, parameters: WireParameters, caller?: Caller) =>
      engine.call({ action, accountId: ACCOUNT, parameters, ...(caller === undefined ? {} : { caller }) });
    for (const creator of [key, undefined]) {
      const made = run('CreateVpcEndpoint', { ...VALID_CREATE, ProtectedEnabled: 'true' }, creator);
      const change = { RegionId: REGION, EndpointId: text(made, 'EndpointId'), EndpointName: 'other', DryRun: 'true' };
      const session = { principal: 'session', sts: true };
      expect(run('UpdateVpcEndpointAttribute', change, session).body.Code).toBe(code ?? 'DryRunOperation');
      expect(run('UpdateVpcEndpointAttribute', change, key).body.Code).toBe('DryRunOperation');
    }
  });

  const CHANGES: readonly [action: string, parameters: WireParameters][] = [
    ['UpdateVpcEndpointAttribute', { EndpointName: 'other' }],
    ['AddZoneToVpcEndpoint', { ZoneId: 'cn-huhehaote-c', VSwitchId: 'vsw-2' }],
    ['AttachSecurityGroupToVpcEndpoint', { SecurityGroupId: 'sg-3' }],
    ['DetachSecurityGroupFromVpcEndpoint', { SecurityGroupId: 'sg-1' }],
  ];
  it.each(CHANGES)('financialLockedEndpoints: %s is accepted, or refused', (action, parameters) => {
    const codeWhen = (financialLockedEndpoints: 'changeable' | 'refused', EndpointBusinessStatus: string) => {
      const { create, call, engine } = createEngine({ ...ACTIVE, switches: { financialLockedEndpoints } });
      const EndpointId = text(create({ 'SecurityGroupId.2': 'sg-2' }), 'EndpointId');
      engine.setEndpoint(EndpointId, { EndpointBusinessStatus });
      return call(action, { EndpointId, ...parameters }).body.Code;
    };
    expect(codeWhen('changeable', 'FinancialLocked')).toBeUndefined();
    expect(codeWhen('refused', 'FinancialLocked')).toBe('EndpointOperationDenied');
    expect(codeWhen('refused', 'Normal')).toBeUndefined();
  });

  it('financialLockedEndpoints: refused, the endpoint can still be removed with its zones', () => {
    const { create, call, engine, clock } = createEngine({
      ...ACTIVE,
      switches: { financialLockedEndpoints: 'refused' },
    });
    const EndpointId = text(create(), 'EndpointId');
    engine.setEndpoint(EndpointId, { EndpointBusinessStatus: 'FinancialLocked' });
    expect(call('RemoveZoneFromVpcEndpoint', { EndpointId, ZoneId: FIRST_ZONE }).status).toBe(200);
    clock.nowMs += 60_000;
    expect(call('DeleteVpcEndpoint', { EndpointId }).status).toBe(200);
  });

  it.each([
    ['sliding', [undefined, 'Throttling.User', 'Throttling.User'], 'TimeLeft:50000'],
    ['fixed', [undefined, 'Throttling.User', undefined], 'TimeLeft:10000'],
  ] as const)('rateWindow: %s', (rateWindow, codes, timeLeft) => {
    const { create, clock } = createEngine({ limits: { writesPerMinute: 1 }, switches: { rateWindow } });
    // The clock begins with a whole minute.
    clock.nowMs += 40_000;
    const first = create();
    clock.nowMs += 10_000;
    const second = create();
    clock.nowMs += 10_000;
    const third = create();
    expect([first, second, third].map(({ body }) => body.Code)).toEqual(codes);
    expect(second.headers?.['x-ratelimit-user-api']).toContain(timeLeft);
  });

  it.each(['not JSON', '[]', '"text"', 'null', '7'])('policyChecked: %s is taken as it is, or refused', (policy) => {
    const policyCodes = (policyChecked: boolean, PolicyDocument: string) => {
      const { create, call } = createEngine({ ...ACTIVE, switches: { policyChecked } });
      const EndpointId = text(create(), 'EndpointId');
      const updated = call('UpdateVpcEndpointAttribute', { EndpointId, PolicyDocument });
      return [create({ PolicyDocument }).body.Code, updated.body.Code];
    };
    expect(policyCodes(false, policy)).toEqual([undefined, undefined]);
    expect(policyCodes(true, policy)).toEqual(['InvalidParameter.PolicyDocument', 'InvalidParameter.PolicyDocument']);
    expect(policyCodes(true, '{"Version":"1","Statement":[]}')).toEqual([undefined, undefined]);
  });
});
