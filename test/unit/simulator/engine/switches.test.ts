import { describe, expect, it } from 'vitest';
import { parseSwitches } from '../../../../src/simulator/engine/switches.js';
import { DEFAULT_SWITCHES, SWITCHES, type SwitchDefinition } from '../../../../src/simulator/index.js';
import { createEngine, text } from '../fixture.js';

const ZONE = { 'Zone.1.ip': '', 'Zone.1.IP': '10.9.0.1', vpcid: 'vpc-9' };

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
});
