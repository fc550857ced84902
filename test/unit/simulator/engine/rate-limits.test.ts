import { describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS } from '../../../../src/simulator/index.js';
import { createEngine, VALID_CREATE } from '../fixture.js';

const { limits } = DEFAULT_SETTINGS;
const GET = { EndpointId: 'ep-none' };

describe('calls of an account', () => {
  it('are throttled from the 201st write of an action in 60 s on, with the time that is left', () => {
    const { create, clock, engine } = createEngine({ limits });
    for (let n = 0; n < 200; n += 1) {
      expect(create().status).toBe(200);
      clock.nowMs += 100;
    }
    expect(create()).toMatchObject({
      status: 400,
      body: { Code: 'Throttling.User', Message: 'Request was denied due to user flow control.' },
      headers: {
        'x-ratelimit-user-api': 'Limit:200,Remain:0,TimeLeft:40000,Reset:60000',
        'x-acs-retry-after': '40000',
      },
    });
    clock.nowMs += 39_999;
    expect(create().body.Code).toBe('Throttling.User');
    clock.nowMs += 1;
    expect(create().status).toBe(200);
    expect(create().body.Code).toBe('Throttling.User');
    expect(engine.inspect()).toHaveLength(201);
  });

  it('are throttled from the 1,001st read on', () => {
    const { call } = createEngine({ limits });
    for (let n = 0; n < 1_000; n += 1) call('GetVpcEndpointAttribute', GET);
    expect(call('GetVpcEndpointAttribute', GET).body.Code).toBe('Throttling.User');
    expect(call('ListVpcEndpoints', {}).status).toBe(200);
  });

  it('are counted for each account, region and action, refused ones too', () => {
    const { call, create } = createEngine({ limits: { ...limits, writesPerMinute: 1 } });
    expect(create({ VpcId: 'vpc-missing' }).body.Code).toBe('VpcNotFound');
    expect(create().body.Code).toBe('Throttling.User');
    expect(create({}, '2').status).toBe(200);
    expect(create({ RegionId: 'cn-hangzhou' }).status).toBe(200);
    expect(call('DeleteVpcEndpoint', GET).body.Code).toBe('EndpointNotFound');
  });

  it('are throttled with the status that the switch asks for, and never kept under a token', () => {
    const switches = { throttleStatus: 429 };
    const { create, clock } = createEngine({ limits: { ...limits, writesPerMinute: 1 }, switches });
    create();
    const request = { ...VALID_CREATE, ClientToken: 'tok' };
    expect(create(request).status).toBe(429);
    clock.nowMs += 60_000;
    expect(create(request).status).toBe(200);
  });

  it('are counted on while windows in which nothing happens are dropped, however many regions are named', () => {
    const { call, clock } = createEngine({ limits: { ...limits, readsPerMinute: 1 } });
    const get = (RegionId: string) => call('GetVpcEndpointAttribute', { ...GET, RegionId }).body.Code;
    const getMany = (name: string) => {
      for (let n = 0; n < 1_500; n += 1) expect(get(`${name}-${n}`)).toBe('EndpointNotFound');
    };
    getMany('cn-first');
    clock.nowMs += 59_999;
    expect(get('cn-kept')).toBe('EndpointNotFound');
    clock.nowMs += 1;
    getMany('cn-second');
    getMany('cn-third');
    expect(get('cn-kept')).toBe('Throttling.User');
    expect(get('cn-first-0')).toBe('EndpointNotFound');
  });

  it('may open the product five times a second', () => {
    const { call, clock } = createEngine({ limits });
    for (let n = 0; n < 5; n += 1) expect(call('OpenPrivateLinkService', {}).body.Code).toBe('OrderOpend');
    expect(call('OpenPrivateLinkService', {}).body.Code).toBe('Throttling.User');
    clock.nowMs += 1_000;
    expect(call('OpenPrivateLinkService', {}).body.Code).toBe('OrderOpend');
  });

  it('get other limits while the engine runs', () => {
    const { create, engine } = createEngine({ limits: { ...limits, writesPerMinute: 1 } });
    create();
    expect(create().body.Code).toBe('Throttling.User');
    engine.configure({ limits: { writesPerMinute: 3 } });
    expect(create().status).toBe(200);
  });
});

describe('quotas', () => {
  it('count the endpoints of a VPC, and what was deleted frees its place', () => {
    const settings = { quotas: { endpointsPerVpc: 2 }, switches: { deleteNeedsZonesRemoved: false } };
    const { create, call, clock, engine } = createEngine(settings);
    const EndpointId = String(create().body['EndpointId']);
    create();
    expect(create().body).toMatchObject({
      Code: 'QuotaExceeded.totalEpPerVpc',
      Message: 'The quota of pvl_quota_total_ep_per_vpc is exceeded, usage 2/2.',
    });
    expect(create({ VpcId: 'vpc-2' }).status).toBe(200);
    call('DeleteVpcEndpoint', { EndpointId });
    expect(create().body.Code).toBe('QuotaExceeded.totalEpPerVpc');
    clock.nowMs += 5_000;
    expect(create().status).toBe(200);
    engine.configure({ quotas: { endpointsPerVpc: 3 } });
    expect(create().status).toBe(200);
  });

  it('count the endpoints of a VPC that are not connected', () => {
    const { create, clock } = createEngine({ quotas: { idleEndpointsPerVpc: 1 }, timeToActive: { afterMs: 1_000 } });
    create();
    expect(create().body.Code).toBe('QuotaExceeded.totalIdleEndpoint');
    clock.nowMs += 1_000;
    expect(create().status).toBe(200);
  });
});
