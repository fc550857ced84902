import { describe, expect, it } from 'vitest';
import { PROVIDER_ACCOUNT_ID } from '../../../../../src/simulator/engine/default-world.js';
import type { WireParameters } from '../../../../../src/simulator/index.js';
import { text, VALID_CREATE } from '../../fixture.js';
import { CONSUMER, createMarket, PROVIDER, TWO_RESOURCES, ZONE_A } from './provider.js';

const ADD = 'AddUserToVpcEndpointService';
const REMOVE = 'RemoveUserFromVpcEndpointService';
const LIST = 'ListVpcEndpointServiceUsers';

function withService() {
  const market = createMarket();
  const ServiceId = String(market.done('CreateVpcEndpointService', TWO_RESOURCES)['ServiceId']);
  const create = (accountId: string) =>
    market.code('CreateVpcEndpoint', { ...VALID_CREATE, 'Zone.1.ZoneId': ZONE_A, ServiceId }, accountId);
  const list = (parameters: WireParameters = {}) => market.call(LIST, { ServiceId, ...parameters }).body;
  return { ...market, ServiceId, create, list };
}

describe('users of a service', () => {
  it('may use it as soon as they are added, and no longer when they are removed', () => {
    const { create, done, ServiceId } = withService();
    expect(create(CONSUMER)).toBe('EndpointServiceNotAuthorized');
    done(ADD, { ServiceId, UserId: CONSUMER });
    expect(create(CONSUMER)).toBeUndefined();
    done(REMOVE, { ServiceId, UserId: CONSUMER });
    expect(create(CONSUMER)).toBe('EndpointServiceNotAuthorized');
  });

  it('have the owner among them from the beginning', () => {
    const { create, list } = withService();
    expect(create(PROVIDER)).toBeUndefined();
    expect(list()).toMatchObject({ Users: [{ UserId: Number(PROVIDER) }], UserARNs: [], TotalCount: '1' });
  });

  it.each([`acs:ram:*:${CONSUMER}:*`, 'acs:ram:*:*:*', '*'])('may be named by %s', (UserARN) => {
    const { create, done, ServiceId, list } = withService();
    done(ADD, { ServiceId, UserARN });
    expect(create(CONSUMER)).toBeUndefined();
    expect(list({ UserListType: 'UserARNs' })).toMatchObject({ Users: [], UserARNs: [{ UserARN }], TotalCount: '1' });
    done(REMOVE, { ServiceId, UserARN });
    expect(create(CONSUMER)).toBe('EndpointServiceNotAuthorized');
  });

  it('are another account, not everybody, where a name of RAM has an account', () => {
    const { create, done, ServiceId } = withService();
    done(ADD, { ServiceId, UserARN: 'acs:ram:*:3000000000000003:*' });
    expect(create(CONSUMER)).toBe('EndpointServiceNotAuthorized');
  });

  it('may be named by both, when both mean the same', () => {
    const { code, ServiceId, list } = withService();
    const UserARN = `acs:ram:*:${CONSUMER}:*`;
    expect(code(ADD, { ServiceId, UserId: PROVIDER, UserARN })).toBe('Mismatch.UserIdAndUserArn');
    expect(code(ADD, { ServiceId, UserId: CONSUMER, UserARN })).toBeUndefined();
    expect(list({ UserId: CONSUMER })).toMatchObject({
      Users: [{ UserId: Number(CONSUMER) }],
      UserARNs: [{ UserARN }],
      TotalCount: '2',
    });
  });

  it('of a service of the world that is for all are all, until that is taken away', () => {
    const { call, done, code, makeEndpoint } = createMarket();
    const ServiceId = 'epsrv-shared';
    expect(call(LIST, { ServiceId }, PROVIDER_ACCOUNT_ID).body).toMatchObject({
      Users: [],
      UserARNs: [{ UserARN: '*' }],
    });
    makeEndpoint(ServiceId);
    done(REMOVE, { ServiceId, UserARN: '*' }, PROVIDER_ACCOUNT_ID);
    expect(code('CreateVpcEndpoint', { ...VALID_CREATE, ServiceId }, CONSUMER)).toBe('EndpointServiceNotAuthorized');
  });
});

describe(LIST, () => {
  it('filters, and gives page after page', () => {
    const { ServiceId, done, list } = withService();
    done(ADD, { ServiceId, UserId: CONSUMER });
    done(ADD, { ServiceId, UserARN: 'acs:ram:*:3000000000000003:*' });
    expect(list({ UserListType: 'Users' })).toMatchObject({ TotalCount: '2', UserARNs: [] });
    expect(list({ UserId: CONSUMER })).toMatchObject({ TotalCount: '1', Users: [{ UserId: Number(CONSUMER) }] });
    const { NextToken, ...first } = list({ MaxResults: '2' });
    expect(first).toMatchObject({ TotalCount: '3', MaxResults: 2, UserARNs: [] });
    const last = list({ MaxResults: '2', NextToken: String(NextToken) });
    expect(last).toMatchObject({ Users: [], UserARNs: [{ UserARN: 'acs:ram:*:3000000000000003:*' }] });
    expect(last).not.toHaveProperty('NextToken');
  });

  it('refuses what it does not know', () => {
    const { code, ServiceId } = withService();
    expect(code(LIST, { ServiceId: 'epsrv-missing' })).toBe('EndpointServiceNotFound');
    expect(code(LIST, { ServiceId }, CONSUMER)).toBe('EndpointServiceNotFound');
    expect(code(LIST, { ServiceId, UserListType: 'all' })).toBe('InvalidParameter.UserListType');
  });
});

describe.each([ADD, REMOVE])('%s', (action) => {
  it.each<[code: string, parameters: WireParameters]>([
    ['EndpointServiceNotFound', { ServiceId: 'epsrv-missing', UserId: CONSUMER }],
    ['MissingParam.UserArn', {}],
    ['InvalidParameter.UserARN', { UserARN: 'acs:oss:*:1:*' }],
    ['InvalidParameter.UserId', { UserId: 'me' }],
    ['Mismatch.UserIdAndUserArn', { UserId: CONSUMER, UserARN: '*' }],
  ])('refuses with %s', (expected, parameters) => {
    const { code, ServiceId } = withService();
    expect(code(action, { ServiceId, ...parameters })).toBe(expected);
  });

  it('waits for a service to be Active, and for one before it', () => {
    const { call, code, settle } = createMarket();
    const ServiceId = text(call('CreateVpcEndpointService'), 'ServiceId');
    expect(code(action, { ServiceId, UserId: CONSUMER })).toBe('ConcurrentCallNotSupported');
    settle();
    expect(code(action, { ServiceId, UserId: CONSUMER })).toBeUndefined();
    expect(code(action, { ServiceId, UserId: CONSUMER })).toBe('ConcurrentCallNotSupported');
    settle(1_000);
    expect(code(action, { ServiceId, UserId: CONSUMER })).toBeUndefined();
  });
});
