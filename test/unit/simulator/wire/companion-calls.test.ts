import { describe, expect, it } from 'vitest';
import type { WireParameters } from '../../../../src/simulator/engine/parameters.js';
import type { SimulatorAccount } from '../../../../src/simulator/twin/accounts.js';
import {
  answerCompanion,
  companionWorldOf,
  findCompanion,
  type CompanionCall,
  type CompanionWorld,
} from '../../../../src/simulator/wire/companion-calls.js';
import { CredentialStore } from '../../../../src/simulator/wire/credentials.js';

const OPEN_WORLD = companionWorldOf(() => ({
  vSwitch: (VSwitchId) => (VSwitchId === 'vsw-none' ? undefined : { VSwitchId, VpcId: 'vpc-7' }),
}));
const START_MS = Date.UTC(2026, 0, 1);
const CALLER: SimulatorAccount = { accessKeyId: 'testid', accessKeySecret: 'testsecret', accountId: '1' };

const VERSIONS = {
  DescribeVSwitchAttributes: '2016-04-28',
  DescribeEndpoints: '2015-06-12',
  QueryAvailableInstances: '2017-12-14',
  AssumeRole: '2015-04-01',
  GetCallerIdentity: '2015-04-01',
} as const;

function call(
  action: keyof typeof VERSIONS,
  parameters: WireParameters,
  more: Partial<CompanionCall> & { readonly world?: CompanionWorld; readonly credentials?: CredentialStore } = {},
) {
  const { world = OPEN_WORLD, credentials = new CredentialStore([CALLER], () => START_MS), ...rest } = more;
  const companion = findCompanion(VERSIONS[action], action);
  if (companion === undefined) throw new Error(`${action} is not known`);
  const given = { parameters, caller: CALLER, host: '127.0.0.1:8080', ...rest };
  return answerCompanion(companion, given, { world, credentials });
}

describe('companion calls', () => {
  it('go by version and action', () => {
    expect(findCompanion('2015-04-01', 'AssumeRole')?.product).toBe('sts');
    expect(findCompanion('2020-04-15', 'AssumeRole')).toBeUndefined();
    expect(findCompanion('2015-04-01', 'CreateVpcEndpoint')).toBeUndefined();
  });

  it('tell the zone of a vSwitch', () => {
    const world: CompanionWorld = {
      findVSwitch: (accountId, regionId, id) =>
        `${accountId} ${regionId} ${id}` === '1 cn-beijing vsw-1'
          ? { ZoneId: 'cn-beijing-h', VpcId: 'vpc-1' }
          : undefined,
    };
    const asked = (VSwitchId: string) =>
      call('DescribeVSwitchAttributes', { RegionId: 'cn-beijing', VSwitchId }, { world });
    expect(asked('vsw-1')).toMatchObject({
      status: 200,
      body: { VSwitchId: 'vsw-1', ZoneId: 'cn-beijing-h', VpcId: 'vpc-1', Status: 'Available' },
    });
    expect(asked('vsw-2')).toMatchObject({
      status: 404,
      body: { Code: 'InvalidVswitchID.NotFound', HostId: 'vpc.aliyuncs.com' },
    });
  });

  it('see the world of the twin, whose vSwitches may be in any zone', () => {
    const asked = (VSwitchId: string) => call('DescribeVSwitchAttributes', { RegionId: 'cn-beijing', VSwitchId });
    expect(asked('any').body).toMatchObject({ VSwitchId: 'any', ZoneId: 'cn-beijing-b', VpcId: 'vpc-7' });
    expect(asked('vsw-none').status).toBe(404);
  });

  it.each([
    ['127.0.0.1:8080', '127.0.0.1:8080'],
    ['location.aliyuncs.com', 'privatelink.cn-hangzhou.aliyuncs.com'],
  ])('give who asks at %s the address %s', (host, Endpoint) => {
    const { body } = call('DescribeEndpoints', { Id: 'cn-hangzhou', ServiceCode: 'privatelink' }, { host });
    expect(body).toMatchObject({
      Success: true,
      Endpoints: { Endpoint: [{ Type: 'openAPI', Endpoint, Id: 'cn-hangzhou', SerivceCode: 'privatelink' }] },
    });
  });

  it('write the zone of a vSwitch as its region does: no "-" behind a digit', () => {
    const zone = (RegionId: string) =>
      call('DescribeVSwitchAttributes', { RegionId, VSwitchId: 'vsw-1' }).body['ZoneId'];
    const world = companionWorldOf(() => ({ vSwitch: (VSwitchId) => ({ VSwitchId }) }));
    expect(world.findVSwitch('1', 'ap-southeast-1', 'vsw-1')?.ZoneId).toBe('ap-southeast-1b');
    expect([zone('cn-hangzhou'), zone('ap-southeast-1')]).toEqual(['cn-hangzhou-b', 'ap-southeast-1b']);
  });

  it('find no instances', () => {
    expect(call('QueryAvailableInstances', { PageSize: '5' }).body).toMatchObject({
      Code: 'Success',
      Success: true,
      Data: { TotalCount: 0, PageSize: 5, InstanceList: [] },
    });
  });

  it('say who calls', () => {
    const identity = (caller: Partial<SimulatorAccount>) =>
      call('GetCallerIdentity', {}, { caller: { ...CALLER, ...caller } }).body;
    expect(identity({})).toMatchObject({
      IdentityType: 'Account',
      AccountId: '1',
      PrincipalId: '1',
      UserId: '1',
      Arn: 'acs:ram::1:root',
    });
    expect(identity({ arn: 'acs:ram::1:user/ann' })).toMatchObject({ IdentityType: 'RAMUser', AccountId: '1' });
    expect(identity({ securityToken: 't' })).toMatchObject({ IdentityType: 'AssumedRoleUser' });
  });
});

describe('AssumeRole', () => {
  const ROLE = { RoleArn: 'acs:ram::2:role/deployer', RoleSessionName: 'run-1' };

  it('gives credentials of the account of the role, which expire', () => {
    const clock = { nowMs: START_MS };
    const credentials = new CredentialStore([CALLER], () => clock.nowMs);
    const { status, body } = call('AssumeRole', { ...ROLE, DurationSeconds: '900' }, { credentials });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      AssumedRoleUser: {
        Arn: 'acs:ram::2:role/deployer/run-1',
        AssumedRoleId: expect.stringMatching(/^3\d{15}:run-1$/) as unknown,
      },
      Credentials: { Expiration: '2026-01-01T00:15:00Z' },
    });
    const { AccessKeyId, AccessKeySecret, SecurityToken } = body['Credentials'] as Record<string, string>;
    const issued = credentials.find(AccessKeyId ?? '');
    expect(issued).toMatchObject({ accessKeySecret: AccessKeySecret, securityToken: SecurityToken, accountId: '2' });
    if (issued === undefined) throw new Error('the key is not known');
    const { body: identity } = call('GetCallerIdentity', {}, { caller: issued });
    expect(identity).toMatchObject({
      AccountId: '2',
      IdentityType: 'AssumedRoleUser',
      Arn: 'acs:ram::2:assumed-role/deployer/run-1',
    });
    expect((body['AssumedRoleUser'] as Record<string, string>)['AssumedRoleId']).toBe(identity['PrincipalId']);

    clock.nowMs = START_MS + 15 * 60_000 - 1;
    expect(credentials.isExpired(issued)).toBe(false);
    clock.nowMs = START_MS + 15 * 60_000;
    expect(credentials.isExpired(issued)).toBe(true);
  });

  it('gives other credentials each time', () => {
    const keys = [1, 2].map(() => JSON.stringify(call('AssumeRole', ROLE).body['Credentials']));
    expect(keys[0]).not.toBe(keys[1]);
  });

  const refused: [reason: string, parameters: WireParameters, code: string][] = [
    ['no role', { RoleSessionName: 'run-1' }, 'MissingRoleArn'],
    ['no name of a session', { RoleArn: ROLE.RoleArn }, 'MissingRoleSessionName'],
    ['a malformed role', { ...ROLE, RoleArn: 'acs:ram::2:user/ann' }, 'InvalidParameter.RoleArn'],
    ['a malformed session', { ...ROLE, RoleSessionName: 'a' }, 'InvalidParameter.RoleSessionName'],
    ['too short a time', { ...ROLE, DurationSeconds: '899' }, 'InvalidParameter.DurationSeconds'],
    ['too long a time', { ...ROLE, DurationSeconds: '43201' }, 'InvalidParameter.DurationSeconds'],
    ['a time that is none', { ...ROLE, DurationSeconds: '1e3' }, 'InvalidParameter.DurationSeconds'],
  ];
  it.each(refused)('refuses %s', (_, parameters, Code) => {
    expect(call('AssumeRole', parameters)).toMatchObject({
      status: 400,
      body: { Code, HostId: 'sts.aliyuncs.com', Message: expect.any(String) as unknown },
    });
  });
});
