import { describe, expect, it } from 'vitest';
import { ERROR_CATALOGUE } from '../../../src/model/error-catalogue.js';
import { adviceOnDenied, deniedCall } from '../../../src/model/ram-statement.js';

const REQUEST = {
  RegionId: 'cn-huhehaote',
  VpcId: 'vpc-1',
  ServiceId: 'epsrv-1',
  SecurityGroupId: ['sg-1', 'sg-2'],
  Zone: [
    { ZoneId: 'cn-huhehaote-a', VSwitchId: 'vsw-1' },
    { ZoneId: 'cn-huhehaote-b', VSwitchId: 'vsw-1' },
  ],
};

const DETAIL = {
  AuthAction: 'privatelink:CreateVpcEndpoint',
  AuthPrincipalType: 'SubUser',
  AuthPrincipalOwnerId: '1234567890',
  AuthPrincipalDisplayName: '20001',
  NoPermissionType: 'ImplicitDeny',
  PolicyType: 'AccountLevelIdentityBasedPolicy',
};

const denied = (code: string, detail?: Record<string, string>, action = 'CreateVpcEndpoint') =>
  deniedCall({ action, code, detail }, REQUEST);

describe('a create call without permission', () => {
  it('gets the statement that allows it: region and ids of the request, account where the service tells', () => {
    const resource = [
      'acs:privatelink:cn-huhehaote:1234567890:vpcendpoint/*',
      'acs:ecs:cn-huhehaote:1234567890:securitygroup/sg-1',
      'acs:ecs:cn-huhehaote:1234567890:securitygroup/sg-2',
      'acs:vpc:cn-huhehaote:1234567890:vswitch/vsw-1',
      'acs:vpc:cn-huhehaote:1234567890:vpc/vpc-1',
    ];
    expect(denied('NoPermission', DETAIL)).toEqual({
      action: 'privatelink:CreateVpcEndpoint',
      resource,
      turn: 'ramAdministrator',
      statement: {
        Effect: 'Allow',
        Action: ['privatelink:CreateVpcEndpoint'],
        Resource: resource,
        Condition: { StringEquals: { 'privatelink:VpcEndpointServiceId': ['epsrv-1'] } },
      },
      detail: DETAIL,
    });
  });

  it('has * in it for an account that is not known, and for what the request leaves out', () => {
    expect(deniedCall({ action: 'CreateVpcEndpoint', code: 'Forbidden.RAM' }, { RegionId: 'cn-a' })?.resource).toEqual([
      'acs:privatelink:cn-a:*:vpcendpoint/*',
      'acs:ecs:cn-a:*:securitygroup/*',
      'acs:vpc:cn-a:*:vswitch/*',
      'acs:vpc:cn-a:*:vpc/*',
    ]);
  });

  it('has no condition on a service that is known by its name only', () => {
    const { ServiceId, ...byName } = REQUEST;
    expect(ServiceId).toBe('epsrv-1');
    const call = deniedCall({ action: 'CreateVpcEndpoint', code: 'NoPermission' }, byName);
    expect(call?.statement).not.toHaveProperty('Condition');
  });
});

describe('a denied call of another action', () => {
  it.each(['ListVpcEndpoints', 'GetVpcEndpointAttribute', 'ListVpcEndpointZones', 'DeleteVpcEndpoint'])(
    'is named, with the endpoints of the region as its resource: %s',
    (action) => {
      expect(denied('NoPermission', undefined, action)).toEqual({
        action: `privatelink:${action}`,
        resource: ['acs:privatelink:cn-huhehaote:*:vpcendpoint/*'],
        turn: 'ramAdministrator',
        statement: {
          Effect: 'Allow',
          Action: [`privatelink:${action}`],
          Resource: ['acs:privatelink:cn-huhehaote:*:vpcendpoint/*'],
        },
      });
    },
  );

  it('is the one that the service names, on any resource where that is no endpoint', () => {
    const call = denied('NoPermission', { AuthAction: 'vpc:DescribeVSwitchAttributes' });
    expect(call).toMatchObject({ action: 'vpc:DescribeVSwitchAttributes', resource: ['*'] });
    expect(call?.statement).not.toHaveProperty('Condition');
  });

  it('is ours where the service names something that is no action', () => {
    expect(denied('NoPermission', { AuthAction: '"], "Effect' })?.action).toBe('privatelink:CreateVpcEndpoint');
  });

  it('is the creation of the service-linked role where that is missing', () => {
    expect(denied('CheckServiceLinkRoleError')).toMatchObject({
      action: 'ram:CreateServiceLinkedRole',
      turn: 'ramAdministrator',
      statement: { Condition: { StringEquals: { 'ram:ServiceName': ['privatelink.aliyuncs.com'] } } },
    });
  });
});

describe('whose turn it is', () => {
  it.each([
    ['EndpointServiceNotAuthorized', 'serviceOwner'],
    ['NeedOpenProduct', 'accountOwner'],
    ['EndpointProtected', 'endpointCreator'],
    ['OperationDenied.EndpointProtected', 'endpointCreator'],
    ['InvalidAccessKeyId.NotFound', 'workerOperator'],
    ['InvalidAccessKeyId.Inactive', 'workerOperator'],
    ['SignatureDoesNotMatch', 'workerOperator'],
    ['InvalidSecurityToken.Expired', 'workerOperator'],
    ['InvalidTimeStamp.Expired', 'workerOperator'],
  ])('%s: %s, and no policy would help', (code, turn) => {
    const call = denied(code);
    expect(call?.turn).toBe(turn);
    expect(call).not.toHaveProperty('statement');
  });

  it('is told, with the advice of the catalogue or a statement, for every denied code of it', () => {
    const rows = ERROR_CATALOGUE.filter((row) => row.class === 'denied');
    expect(rows.length).toBeGreaterThan(10);
    for (const { code, advice } of rows) {
      const call = denied(code.replace('*', '.Some'));
      if (call === undefined) throw new Error(`${code} is not told`);
      const said = adviceOnDenied(call, advice);
      expect(said).toBe(
        call.statement === undefined || advice.includes(call.action)
          ? advice
          : `Allow ${call.action} for the RAM identity of the worker: the statement in "denied" does.`,
      );
    }
  });

  it.each(['VpcNotFound', 'Throttling.User', 'SystemBusy', 'NobodyKnows.This'])(
    'is not asked for %s, which is no denial',
    (code) => {
      expect(denied(code)).toBeUndefined();
    },
  );
});

describe('a denial that no Allow can end', () => {
  it.each([
    { detail: { ...DETAIL, NoPermissionType: 'ExplicitDeny' }, said: 'no Allow overrides a Deny' },
    { detail: { ...DETAIL, PolicyType: 'ControlPolicy' }, said: 'a statement of its own does not help' },
    { detail: { ...DETAIL, PolicyType: 'SessionPolicy' }, said: 'a statement of its own does not help' },
  ])('gets no statement, and says so: $detail.NoPermissionType by $detail.PolicyType', ({ detail, said }) => {
    const call = denied('NoPermission', detail);
    if (call === undefined) throw new Error('it is not told');
    expect(call).not.toHaveProperty('statement');
    const advice = adviceOnDenied(call, 'Add the action to its RAM policy.');
    expect(advice).toContain(said);
    expect(advice).toContain(detail.PolicyType);
  });
});

it('keeps of what the service said only the parts that are known', () => {
  expect(denied('NoPermission', { ...DETAIL, Unexpected: 'x' })?.detail).toEqual(DETAIL);
});
