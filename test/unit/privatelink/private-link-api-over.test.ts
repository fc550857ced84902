import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/privatelink/plain-json.js';
import { PrivateLinkError, type CallParameters } from '../../../src/privatelink/port.js';
import { privateLinkApiOver } from '../../../src/privatelink/private-link-api-over.js';

const REF = { RegionId: 'cn-hangzhou', EndpointId: 'ep-1' };

/** An API whose answers are given, and what was sent to get them. A code answers as a refusal. */
function scripted(...answers: (JsonObject | string)[]) {
  const sent: { action: string; parameters: CallParameters }[] = [];
  const api = privateLinkApiOver(async (action, parameters) => {
    sent.push({ action, parameters });
    const answer = answers[Math.min(sent.length, answers.length) - 1] ?? {};
    if (typeof answer !== 'string') return answer;
    throw new PrivateLinkError({ action, code: answer, message: 'm', requestId: 'R-refused', httpStatus: 400 });
  });
  return { api, sent };
}

async function failure(call: Promise<unknown>): Promise<PrivateLinkError> {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(PrivateLinkError);
  return error as PrivateLinkError;
}

describe('every method', () => {
  it('sends its action once, with the parameters it was given and no others', async () => {
    const { api, sent } = scripted({ RequestId: 'R', EndpointId: 'ep-1', Endpoints: [], Services: [], Zones: [] });
    const tags = [{ Key: 'k', Value: 'v' }];
    await api.createVpcEndpoint({ RegionId: 'r-1', VpcId: 'vpc-1' });
    await api.getVpcEndpointAttribute(REF);
    await api.listVpcEndpoints({ RegionId: 'r-1', Tag: tags, MaxResults: 100 });
    await api.listVpcEndpointServicesByEndUser({ RegionId: 'r-1', ServiceId: 'epsrv-1', MaxResults: 1_000 });
    await api.listVpcEndpointZones(REF);
    await api.deleteVpcEndpoint(REF);
    await api.deleteVpcEndpoint({ ...REF, ClientToken: 'token' });
    await api.removeZoneFromVpcEndpoint({ ...REF, ZoneId: 'z-1' });
    await api.removeZoneFromVpcEndpoint({ ...REF, ZoneId: 'z-1', ClientToken: 'token' });
    await api.listVpcEndpoints({ RegionId: 'r-1', EndpointId: 'ep-1' });
    expect(sent).toEqual([
      { action: 'CreateVpcEndpoint', parameters: { RegionId: 'r-1', VpcId: 'vpc-1' } },
      { action: 'GetVpcEndpointAttribute', parameters: REF },
      { action: 'ListVpcEndpoints', parameters: { RegionId: 'r-1', Tag: tags, MaxResults: 100 } },
      {
        action: 'ListVpcEndpointServicesByEndUser',
        parameters: { RegionId: 'r-1', ServiceId: 'epsrv-1', MaxResults: 1_000 },
      },
      { action: 'ListVpcEndpointZones', parameters: REF },
      { action: 'DeleteVpcEndpoint', parameters: REF },
      { action: 'DeleteVpcEndpoint', parameters: { ...REF, ClientToken: 'token' } },
      { action: 'RemoveZoneFromVpcEndpoint', parameters: { ...REF, ZoneId: 'z-1' } },
      { action: 'RemoveZoneFromVpcEndpoint', parameters: { ...REF, ZoneId: 'z-1', ClientToken: 'token' } },
      { action: 'ListVpcEndpoints', parameters: { RegionId: 'r-1', EndpointId: 'ep-1' } },
    ]);
  });

  it.each(['NoPermission', 'SystemBusy', 'Throttling.User', 'EndpointZoneNotFound'])('passes on %s', async (code) => {
    const { api, sent } = scripted(code);
    const calls = [
      () => api.createVpcEndpoint({}),
      () => api.getVpcEndpointAttribute(REF),
      () => api.listVpcEndpoints({ RegionId: 'r-1' }),
      () => api.listVpcEndpointServicesByEndUser({ RegionId: 'r-1' }),
      () => api.listVpcEndpointZones(REF),
      () => api.deleteVpcEndpoint(REF),
    ];
    for (const call of calls) expect((await failure(call())).code).toBe(code);
    expect(sent).toHaveLength(calls.length);
  });

  it.each<[string, JsonObject]>([
    ['no id', { RequestId: 'R-1' }],
    ['an empty id', { RequestId: 'R-1', EndpointId: '' }],
    ['an id that is no text', { RequestId: 'R-1', EndpointId: 5 }],
  ])('takes an endpoint with %s for a malformed answer', async (_title, body) => {
    const { api } = scripted(body);
    for (const call of [api.createVpcEndpoint({}), api.getVpcEndpointAttribute(REF)]) {
      expect(await failure(call)).toMatchObject({ code: 'MalformedResponse', class: 'unknown', requestId: 'R-1' });
    }
  });
});

describe('an endpoint', () => {
  it('has every field of the answer with its documented type, also those that are new', async () => {
    const { api } = scripted({
      RequestId: 'R-1',
      EndpointId: 'ep-1',
      EndpointStatus: 'Brandnew',
      Bandwidth: '1024',
      CrossRegionBandwidth: 'many',
      ResourceOwner: 'true',
      ZoneAffinityEnabled: false,
      EndpointName: null,
      ServiceId: 7,
      NewField: 'kept',
      NewObject: { a: 1 },
    });
    expect(await api.getVpcEndpointAttribute(REF)).toEqual({
      RequestId: 'R-1',
      endpoint: {
        EndpointId: 'ep-1',
        EndpointStatus: 'Brandnew',
        Bandwidth: 1024,
        ResourceOwner: true,
        ZoneAffinityEnabled: false,
        ServiceId: '7',
        NewField: 'kept',
      },
    });
  });

  it('is created even if the answer has no RequestId', async () => {
    expect(await scripted({ EndpointId: 'ep-1' }).api.createVpcEndpoint({})).toEqual({
      EndpointId: 'ep-1',
      RequestId: '',
    });
  });

  it.each(['EndpointNotFound', 'EndpointConnectionNotFound'] as const)(
    'is absent after %s, which is named',
    async (code) => {
      expect(await scripted(code).api.getVpcEndpointAttribute(REF)).toEqual({
        RequestId: 'R-refused',
        endpoint: undefined,
        absentCode: code,
      });
    },
  );

  it('that does not exist is deleted', async () => {
    expect(await scripted('EndpointNotFound').api.deleteVpcEndpoint(REF)).toEqual({ RequestId: 'R-refused' });
    expect((await failure(scripted('EndpointConnectionNotFound').api.deleteVpcEndpoint(REF))).class).toBe('absent');
  });

  it.each(['EndpointZoneNotFound', 'EndpointNotFound'])('has no zone to remove after %s', async (code) => {
    const zone = { ...REF, ZoneId: 'z-1' };
    expect(await scripted(code).api.removeZoneFromVpcEndpoint(zone)).toEqual({ RequestId: 'R-refused' });
  });

  it.each(['EndpointLocked', 'GatewayLoadBalancerZoneCountDeny', 'NoPermission', 'SystemBusy'])(
    'keeps its zone after %s, which is passed on',
    async (code) => {
      const { api } = scripted(code);
      expect((await failure(api.removeZoneFromVpcEndpoint({ ...REF, ZoneId: 'z-1' }))).code).toBe(code);
    },
  );

  it('keeps its zone after an answer without a RequestId', async () => {
    const removed = scripted({}).api.removeZoneFromVpcEndpoint({ ...REF, ZoneId: 'z-1' });
    expect((await failure(removed)).code).toBe('MalformedResponse');
  });

  it('is not deleted by an answer without a RequestId', async () => {
    expect((await failure(scripted({}).api.deleteVpcEndpoint(REF))).code).toBe('MalformedResponse');
  });
});

describe('a list', () => {
  it('has endpoints with their tags, and the token of the next page', async () => {
    const Tags = [{ Key: 'a', Value: 'b' }, { Key: 'c' }, { Value: 'no key' }, 'text'];
    const { api } = scripted({ RequestId: 'R', NextToken: 'more', Endpoints: [{ EndpointId: 'ep-1', Tags }] });
    expect(await api.listVpcEndpoints({ RegionId: 'r-1' })).toEqual({
      RequestId: 'R',
      NextToken: 'more',
      Endpoints: [
        {
          EndpointId: 'ep-1',
          Tags: [
            { Key: 'a', Value: 'b' },
            { Key: 'c', Value: '' },
          ],
        },
      ],
    });
  });

  it.each<[string, JsonObject]>([
    ['an empty list', { RequestId: 'R', Endpoints: [], NextToken: '' }],
    ['no list and a count of 0', { RequestId: 'R', TotalCount: 0, NextToken: null }],
  ])('is empty with %s', async (_title, body) => {
    const page = await scripted(body).api.listVpcEndpoints({ RegionId: 'r-1' });
    expect(page).toMatchObject({ RequestId: 'R', Endpoints: [] });
    expect(page.NextToken).toBeUndefined();
  });

  it.each<[given: JsonObject[string], read: number | undefined]>([
    [12, 12],
    ['12', 12],
    [0, 0],
    ['', undefined],
    ['many', undefined],
    [-1, undefined],
    [null, undefined],
    [1.5, undefined],
  ])('is counted: TotalCount %j is %s', async (TotalCount, read) => {
    const page = await scripted({ RequestId: 'R', Endpoints: [], TotalCount }).api.listVpcEndpoints({
      RegionId: 'r-1',
    });
    expect(page.TotalCount).toBe(read);
  });

  it.each<[string, JsonObject]>([
    ['no list', { RequestId: 'R' }],
    ['no list but a count', { RequestId: 'R', TotalCount: 3 }],
    ['no list and an empty count', { RequestId: 'R', TotalCount: null }],
    ['something else for a list', { RequestId: 'R', Endpoints: {}, TotalCount: 0 }],
    ['an item without id', { RequestId: 'R', Endpoints: [{ VpcId: 'vpc-1' }] }],
    ['an item that is no object', { RequestId: 'R', Endpoints: ['ep-1'] }],
  ])('never says absence by accident: %s', async (_title, body) => {
    expect(await failure(scripted(body).api.listVpcEndpoints({ RegionId: 'r-1' }))).toMatchObject({
      code: 'MalformedResponse',
      class: 'unknown',
    });
  });
});

describe('a list of services', () => {
  const list = (body: JsonObject) =>
    scripted(body).api.listVpcEndpointServicesByEndUser({ RegionId: 'r-1', ServiceId: 'epsrv-1' });

  it('has services with their zones, every field with its documented type, and the token of the next page', async () => {
    const service = {
      ServiceId: 'epsrv-1',
      ServiceName: 'com.x',
      Zones: ['z-1', 7, 'z-2'],
      AutoAcceptEnabled: 'true',
      ServiceSupportIPv6: false,
      VpcEndpointPolicySupported: 'perhaps',
      NewField: 'kept',
      Tags: [{ Key: 'a', Value: 'b' }],
    };
    expect(await list({ RequestId: 'R', Services: [service], TotalCount: '1', NextToken: 'more' })).toEqual({
      RequestId: 'R',
      NextToken: 'more',
      Services: [
        {
          ServiceId: 'epsrv-1',
          ServiceName: 'com.x',
          Zones: ['z-1', 'z-2'],
          AutoAcceptEnabled: true,
          ServiceSupportIPv6: false,
          NewField: 'kept',
        },
      ],
    });
  });

  it('is empty with an empty list, and with none and a count of "0"', async () => {
    expect((await list({ RequestId: 'R', Services: [], TotalCount: '0' })).Services).toEqual([]);
    expect((await list({ RequestId: 'R', TotalCount: '0' })).Services).toEqual([]);
  });

  it.each<[string, JsonObject]>([
    ['no list', { RequestId: 'R' }],
    ['no list but a count', { RequestId: 'R', TotalCount: '3' }],
    ['an item without id', { RequestId: 'R', Services: [{ ServiceName: 'com.x' }] }],
  ])('never says by accident that a service is absent: %s', async (_title, body) => {
    expect(await failure(list(body))).toMatchObject({ code: 'MalformedResponse', class: 'unknown' });
  });
});

describe('zones', () => {
  it('are read from all pages', async () => {
    const { api, sent } = scripted(
      { RequestId: 'R-1', Zones: [{ ZoneId: 'z-1', EniIp: '10.0.0.5' }], NextToken: 'two' },
      { RequestId: 'R-2', Zones: [{ ZoneId: 'z-2', ZoneStatus: 'Wait' }] },
    );
    expect(await api.listVpcEndpointZones(REF)).toEqual({
      RequestId: 'R-2',
      zones: [
        { ZoneId: 'z-1', EniIp: '10.0.0.5' },
        { ZoneId: 'z-2', ZoneStatus: 'Wait' },
      ],
    });
    expect(sent.map(({ parameters }) => parameters)).toEqual([REF, { ...REF, NextToken: 'two' }]);
  });

  it('are absent with their endpoint, on any page', async () => {
    const first = { RequestId: 'R-1', Zones: [{ ZoneId: 'z-1' }], NextToken: 'two' };
    for (const script of [['EndpointNotFound'], [first, 'EndpointNotFound']]) {
      expect(await scripted(...script).api.listVpcEndpointZones(REF)).toEqual({
        RequestId: 'R-refused',
        zones: undefined,
      });
    }
  });

  it('end, even where the pages do not', async () => {
    const { api, sent } = scripted({ RequestId: 'R', Zones: [], NextToken: 'again' });
    expect((await failure(api.listVpcEndpointZones(REF))).code).toBe('MalformedResponse');
    expect(sent).toHaveLength(2);
  });
});
