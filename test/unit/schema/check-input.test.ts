import { describe, expect, it } from 'vitest';
import { checkInput } from '../../../src/schema/check-input.js';
import { PROTOCOL_PARAMETERS, REQUEST_FIELDS } from '../../../src/model/request.js';
import type { Problem } from '../../../src/model/request-rules.js';
import { ACCEPTED, REFUSED_SHAPES, REQUEST } from './fixture.js';

const problemsOf = (raw: unknown): readonly Problem[] => {
  const checked = checkInput(raw);
  return checked.ok ? [] : checked.problems;
};
const pathsOf = (raw: unknown) => problemsOf(raw).map(({ path }) => path);
const inRequest = (fields: Record<string, unknown>) => ({ request: { ...REQUEST, ...fields } });
const tags = (count: number) => Array.from({ length: count }, (_, index) => ({ Key: `k${index}`, Value: '' }));

describe('an input that keeps the contract', () => {
  it.each(ACCEPTED)('is accepted: $reason', ({ input }) => {
    expect(problemsOf(input)).toEqual([]);
  });

  it.each(ACCEPTED)('comes back as it was, but for the value of a tag without one: $reason', ({ input }) => {
    const checked = checkInput(input);
    const request = input.request as { Tag?: object[] };
    const Tag = request.Tag?.map((tag) => ({ Value: '', ...tag }));
    expect(checked).toEqual({
      ok: true,
      input: { ...input, request: { ...request, ...(Tag === undefined ? {} : { Tag }) } },
    });
  });

  it('may have fields that are undefined: JSON does not carry them', () => {
    const checked = checkInput({
      ...inRequest({ ServiceName: undefined }),
      account: undefined,
      timeouts: { connected: undefined },
    });
    expect(checked.ok).toBe(true);
  });

  it('may come from anywhere: an object without a prototype is one too', () => {
    expect(checkInput(Object.assign(Object.create(null) as object, { request: { ...REQUEST } })).ok).toBe(true);
  });

  it('is left as it was', () => {
    const input = { request: { ...REQUEST, Tag: [{ Key: 'k' }] } };
    checkInput(input);
    expect(input).toEqual({ request: { ...REQUEST, Tag: [{ Key: 'k' }] } });
  });
});

describe('an input that breaks the contract', () => {
  it.each(REFUSED_SHAPES)('is refused at $path: $reason', ({ input, path }) => {
    expect(pathsOf(input)).toContain(path);
    // One mistake, one line: a person who reads two looks for two.
    expect(pathsOf(input).filter((other) => other === path)).toHaveLength(1);
  });

  it.each([
    { raw: undefined, got: 'nothing' },
    { raw: null, got: 'null' },
    { raw: [], got: 'a list' },
    { raw: 'text', got: 'a string' },
    { raw: 7, got: 'a number' },
    { raw: true, got: 'a boolean' },
  ])('is one object, not $got', ({ raw, got }) => {
    expect(problemsOf(raw)).toEqual([{ path: '', message: `expected one JSON object {"request": {...}}, got ${got}` }]);
  });

  it('is told to wrap parameters that stand where the request should be', () => {
    expect(problemsOf({ ...REQUEST, account: 'team-a' })).toEqual([
      { path: '', message: 'wrap these in "request": RegionId, VpcId, ServiceId, SecurityGroupId' },
    ]);
  });

  it('is told where a parameter belongs that stands beside the request', () => {
    expect(problemsOf({ request: REQUEST, EndpointName: 'x' })).toEqual([
      { path: 'EndpointName', message: 'belongs into "request"' },
    ]);
  });

  it('is told everything at once, each with its path', () => {
    const raw = {
      request: {
        RegionId: 'x',
        Zone: [
          { ZoneId: 'b', ip: '1' },
          { ZoneId: 'b', VSwitchId: 'v', Ipv6Address: '::1' },
        ],
        Tag: [{ Key: 'k' }, { Key: 'k' }],
        PolicyDocument: 'none',
        Action: 'Delete',
      },
      account: '-',
      until: 'Connected',
      timeouts: { active: '1 h', accepted: '4000d' },
      retry: { quota: { maximumInterval: 1 } },
      notify: [{}],
      extraParameters: { VpcId: 'vpc-2' },
      dryRun: true,
    };
    expect([...pathsOf(raw)].sort()).toEqual(
      [
        'account',
        'dryRun',
        'extraParameters.VpcId',
        'notify[0].workflowId',
        'request.Action',
        'request.PolicyDocument',
        'request.RegionId',
        'request.SecurityGroupId',
        'request.ServiceId',
        'request.Tag[1].Key',
        'request.VpcId',
        'request.Zone[0].VSwitchId',
        'request.Zone[0].ip',
        'request.Zone[1].Ipv6Address',
        'request.Zone[1].ZoneId',
        'retry.quota.maximumInterval',
        'timeouts.accepted',
        'timeouts.active',
      ].sort(),
    );
  });

  it('never finds the same problem twice', () => {
    const problems = problemsOf({
      request: { RegionId: [], Zone: [1, 1], SecurityGroupId: [] },
      timeouts: { active: 'x' },
    });
    expect(new Set(problems.map((problem) => JSON.stringify(problem))).size).toBe(problems.length);
  });
});

describe('the messages', () => {
  const SECRET = 'SECRETVALUE';

  /** The secret in the place of every value of every type, one place at a time. */
  const planted: { where: string; raw: unknown }[] = [
    { where: 'the input', raw: SECRET },
    { where: 'a list', raw: [SECRET] },
    { where: 'flat input', raw: { RegionId: SECRET, VpcId: SECRET } },
    ...[
      'request',
      'extraParameters',
      'account',
      'until',
      'accept',
      'ifExists',
      'onFailure',
      'onCancel',
      'ownerTags',
      'timeouts',
      'retry',
      'notify',
      'unknown',
    ].flatMap((field) => [
      { where: field, raw: { request: REQUEST, [field]: `${SECRET} \n` } },
      { where: `${field} (list)`, raw: { request: REQUEST, [field]: [`${SECRET} \n`] } },
      {
        where: `${field} (object)`,
        raw: { request: REQUEST, [field]: { New: { x: SECRET }, account: `${SECRET} \n` } },
      },
    ]),
    ...[...REQUEST_FIELDS, 'Unknown', 'Action'].flatMap((field) => [
      { where: `request.${field}`, raw: inRequest({ [field]: `1${SECRET}\n` }) },
      { where: `request.${field} (long)`, raw: inRequest({ [field]: `http://${SECRET.repeat(100)}` }) },
      {
        where: `request.${field} (list)`,
        raw: inRequest({
          [field]: [
            SECRET,
            SECRET,
            { Key: SECRET, ZoneId: SECRET, ip: SECRET, Ipv6Address: SECRET, Value: `http://${SECRET}` },
          ],
        }),
      },
      { where: `request.${field} (object)`, raw: inRequest({ [field]: { a: SECRET } }) },
    ]),
    ...['accepted', 'active', 'connected', 'other'].map((field) => ({
      where: `timeouts.${field}`,
      raw: { request: REQUEST, timeouts: { [field]: SECRET } },
    })),
    ...['initialInterval', 'backoffCoefficient', 'maximumInterval', 'timeout', 'other'].flatMap((field) =>
      ['quota', 'status', 'other'].map((name) => ({
        where: `retry.${name}.${field}`,
        raw: { request: REQUEST, retry: { [name]: { [field]: SECRET } } },
      })),
    ),
    {
      where: 'notify',
      raw: { request: REQUEST, notify: [SECRET, { workflowId: SECRET.repeat(200), signal: SECRET.repeat(50) }] },
    },
    {
      where: 'extraParameters of the protocol',
      raw: { request: REQUEST, extraParameters: { AccessKeyId: SECRET, VpcId: SECRET, 'a b': SECRET } },
    },
  ];

  it.each(planted)('never repeat a value: $where', ({ raw }) => {
    expect(JSON.stringify(problemsOf(raw))).not.toContain(SECRET);
  });

  it('are planted where they are refused: most of these inputs break the contract', () => {
    expect(planted.filter(({ raw }) => problemsOf(raw).length > 0).length).toBeGreaterThan(planted.length * 0.9);
  });

  it('are ours and not those of the library that checks', () => {
    const messages = REFUSED_SHAPES.flatMap(({ input }) => problemsOf(input)).map(({ message }) => message);
    expect(messages.filter((message) => /^(?:Invalid|Too|Unrecognized)|>=|<=|pattern/.test(message))).toEqual([]);
  });
});

describe('names that are not known', () => {
  it.each([
    { raw: inRequest({ vpcid: 1 }), path: 'request.vpcid', near: 'VpcId' },
    { raw: inRequest({ SecurityGroupIds: [] }), path: 'request.SecurityGroupIds', near: 'SecurityGroupId' },
    {
      raw: inRequest({ Zone: [{ ZoneId: 'b', VSwitchId: 'v', Ip: '1.2.3.4' }] }),
      path: 'request.Zone[0].Ip',
      near: 'ip',
    },
    {
      raw: inRequest({ Zone: [{ ZoneId: 'b', VSwitchID: 'v' }] }),
      path: 'request.Zone[0].VSwitchID',
      near: 'VSwitchId',
    },
    { raw: inRequest({ Tag: [{ key: 'a' }] }), path: 'request.Tag[0].key', near: 'Key' },
    { raw: { request: REQUEST, timeout: {} }, path: 'timeout', near: 'timeouts' },
    { raw: { request: REQUEST, timeouts: { actve: '1h' } }, path: 'timeouts.actve', near: 'active' },
    { raw: { request: REQUEST, retry: { quotas: false } }, path: 'retry.quotas', near: 'quota' },
    {
      raw: { request: REQUEST, retry: { quota: { maxInterval: '1h' } } },
      path: 'retry.quota.maxInterval',
      near: undefined,
    },
    { raw: { request: REQUEST, retry: { quota: { timeOut: '1h' } } }, path: 'retry.quota.timeOut', near: 'timeout' },
    { raw: { request: REQUEST, notify: [{ workflowID: 'x' }] }, path: 'notify[0].workflowID', near: 'workflowId' },
    { raw: { request: REQUEST, accept: { Account: 'x' } }, path: 'accept.Account', near: 'account' },
  ])('$path: the nearest known name is $near', ({ raw, path, near }) => {
    const message = problemsOf(raw).find((problem) => problem.path === path)?.message;
    expect(message).toBe(near === undefined ? 'is not known' : `is not known; did you mean "${near}"?`);
  });

  it('are sent to extraParameters where they may be newer than this version', () => {
    expect(problemsOf(inRequest({ QuantumLink: true }))).toEqual([
      {
        path: 'request.QuantumLink',
        message: 'is not known; a parameter newer than this version goes into extraParameters',
      },
    ]);
  });

  it.each(PROTOCOL_PARAMETERS.flatMap((name) => [name, name.toLowerCase()]))(
    '%s belongs to the protocol, in request and in extraParameters, whatever its case',
    (name) => {
      const message = 'is a parameter of the protocol, which the worker sets: leave it out';
      expect(problemsOf(inRequest({ [name]: 'x' }))).toEqual([{ path: `request.${name}`, message }]);
      expect(problemsOf({ request: REQUEST, extraParameters: { [name]: 'x' } })).toEqual([
        { path: `extraParameters.${name}`, message },
      ]);
    },
  );

  it.each([...REQUEST_FIELDS, 'vpcId', 'Zone.1.ZoneId', 'zone.1.ip', 'SecurityGroupId.1', 'Tag.1.Key'])(
    '%s does not slip in through extraParameters',
    (name) => {
      expect(problemsOf({ request: REQUEST, extraParameters: { [name]: 'x' } })).toEqual([
        { path: `extraParameters.${name}`, message: 'is known to this version: put it into "request"' },
      ]);
    },
  );
});

describe('accept', () => {
  it.each([{}, { until: 'Active' }])('needs a run that waits for its connection: %j', (options) => {
    expect(problemsOf({ request: REQUEST, accept: { account: 'team-a' }, ...options })).toEqual([
      { path: 'accept', message: expect.stringContaining('needs until "Connected"') as string },
    ]);
  });

  it('names an account', () => {
    const input = { request: REQUEST, until: 'Connected' };
    expect(problemsOf({ ...input, accept: { account: 'team-a' } })).toEqual([]);
    expect(problemsOf({ ...input, accept: false })).toEqual([]);
    expect(problemsOf({ ...input, accept: {} })).toMatchObject([{ path: 'accept.account' }]);
    expect(problemsOf({ ...input, accept: { account: 'a/b' } })).toMatchObject([{ path: 'accept.account' }]);
  });
});

describe('rules across fields', () => {
  it.each([
    { raw: inRequest({ SecurityGroupId: ['a', 'a'] }), path: 'request.SecurityGroupId[1]', reason: 'a group twice' },
    {
      raw: inRequest({
        Zone: [
          { ZoneId: 'b', VSwitchId: 'v' },
          { ZoneId: 'b', VSwitchId: 'w' },
        ],
      }),
      path: 'request.Zone[1].ZoneId',
      reason: 'a zone twice',
    },
    {
      raw: inRequest({ Tag: [{ Key: 'a' }, { Key: 'a', Value: 'b' }] }),
      path: 'request.Tag[1].Key',
      reason: 'a key twice',
    },
    { raw: inRequest({ Tag: tags(19) }), path: 'request.Tag', reason: '18 are left beside ours' },
    { raw: { ...inRequest({ Tag: tags(21) }), ownerTags: false }, path: 'request.Tag', reason: '20 are all' },
    {
      raw: inRequest({ Tag: [{ Key: 'durable-privatelink-owner', Value: 'x' }] }),
      path: 'request.Tag[0].Key',
      reason: 'a tag of ours',
    },
    {
      raw: inRequest({ Zone: [{ ZoneId: 'b', VSwitchId: 'v', Ipv6Address: '::1' }] }),
      path: 'request.Zone[0].Ipv6Address',
      reason: 'no dual stack',
    },
    {
      raw: inRequest({ EndpointType: 'GatewayLoadBalancer' }),
      path: 'request.SecurityGroupId',
      reason: 'takes no groups',
    },
    { raw: { request: { ...REQUEST, SecurityGroupId: [] } }, path: 'request.SecurityGroupId', reason: 'needs a group' },
    { raw: inRequest({ PolicyDocument: '{' }), path: 'request.PolicyDocument', reason: 'no JSON' },
    {
      raw: { request: { RegionId: 'cn-x', VpcId: 'vpc-1', SecurityGroupId: ['sg-1'] } },
      path: 'request.ServiceId',
      reason: 'no service',
    },
    {
      raw: { request: REQUEST, timeouts: { active: '3651d' } },
      path: 'timeouts.active',
      reason: 'longer than a deadline may be',
    },
    {
      raw: { request: REQUEST, retry: { quota: { initialInterval: '9999999999h' } } },
      path: 'retry.quota.initialInterval',
      reason: 'longer than a delay may be',
    },
  ])('$path: $reason', ({ raw, path }) => {
    expect(pathsOf(raw)).toEqual([path]);
  });
});

describe('names that JavaScript reserves', () => {
  const parse = (text: string): unknown => JSON.parse(text);
  const request = JSON.stringify(REQUEST);

  it.each([
    { raw: parse(`{"request": ${request}, "__proto__": {"account": "x"}}`), path: '__proto__' },
    { raw: parse(`{"request": ${request}, "constructor": {"prototype": {"x": 1}}}`), path: 'constructor' },
    { raw: parse(`{"request": {"__proto__": {"VpcId": "x"}, ${request.slice(1)}}`), path: 'request.__proto__' },
    { raw: parse(`{"request": {"constructor": 1, ${request.slice(1)}}`), path: 'request.constructor' },
    { raw: parse(`{"request": {"toString": 1, ${request.slice(1)}}`), path: 'request.toString' },
    { raw: parse(`{"request": ${request}, "timeouts": {"__proto__": "1h"}}`), path: 'timeouts.__proto__' },
    { raw: parse(`{"request": ${request}, "retry": {"quota": {"__proto__": {}}}}`), path: 'retry.quota.__proto__' },
    { raw: parse(`{"request": ${request}, "extraParameters": {"__proto__": "x"}}`), path: 'extraParameters.__proto__' },
  ])('$path is refused like any other unknown name, never passed over', ({ raw, path }) => {
    expect(pathsOf(raw)).toContain(path);
  });

  it('do not stand in for fields that are missing, and reach no other object', () => {
    expect(pathsOf(parse(`{"__proto__": {"request": ${request}}}`))).toContain('request');
    expect(pathsOf(parse(`{"request": {"__proto__": ${request}}}`))).toEqual(
      expect.arrayContaining(['request.RegionId', 'request.VpcId', 'request.ServiceId', 'request.SecurityGroupId']),
    );
    expect({}).not.toHaveProperty('account');
    expect({}).not.toHaveProperty('VpcId');
  });
});

describe('very large inputs', () => {
  const LIMIT = 50;
  const keys = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 1]));

  it.each([
    { raw: { request: REQUEST, ...keys(100_000) }, reason: 'unknown options' },
    { raw: inRequest(keys(100_000)), reason: 'unknown parameters' },
    {
      raw: inRequest({ SecurityGroupId: Array.from({ length: 200_000 }, (_, index) => `sg-${index}`) }),
      reason: 'different groups',
    },
    { raw: inRequest({ SecurityGroupId: Array.from({ length: 200_000 }, () => 'sg-1') }), reason: 'the same group' },
    { raw: inRequest({ Zone: Array.from({ length: 50_000 }, () => ({ ip: 'x' })) }), reason: 'broken zones' },
    { raw: inRequest({ Tag: Array.from({ length: 50_000 }, () => ({ Key: 'a', b: 1 })) }), reason: 'broken tags' },
    {
      raw: {
        request: REQUEST,
        extraParameters: Object.fromEntries(Object.keys(keys(50_000)).map((key) => [`${key} `, {}])),
      },
      reason: 'broken extra parameters',
    },
    { raw: { request: REQUEST, notify: Array.from({ length: 50_000 }, () => 7) }, reason: 'broken targets' },
    { raw: { request: REQUEST, timeouts: keys(50_000) }, reason: 'unknown deadlines' },
    {
      raw: { request: REQUEST, ['x'.repeat(2_000_000)]: 1, timeouts: { ['y'.repeat(1_000_000)]: 'z' } },
      reason: 'names of megabytes',
    },
    {
      raw: inRequest({
        VpcId: '',
        EndpointName: 'x'.repeat(2_000_000),
        EndpointDescription: 'x'.repeat(2_000_000),
        PolicyDocument: '['.repeat(500_000),
      }),
      reason: 'values of megabytes',
    },
  ])(
    'give a list that a failure can carry, and that soon: $reason',
    ({ raw }) => {
      const problems = problemsOf(raw);
      expect(problems.length).toBeGreaterThan(0);
      expect(problems.length).toBeLessThanOrEqual(LIMIT + 1);
      expect(JSON.stringify(problems).length).toBeLessThan(50_000);
    },
    10_000,
  );

  it('say that there is more than they list', () => {
    const problems = problemsOf({ request: REQUEST, ...keys(LIMIT + 1) });
    expect(problems).toHaveLength(LIMIT + 1);
    expect(problems.at(-1)).toEqual({ path: '', message: `has more problems than these ${LIMIT}` });
    expect(problemsOf({ request: REQUEST, ...keys(LIMIT) })).toHaveLength(LIMIT);
  });
});
