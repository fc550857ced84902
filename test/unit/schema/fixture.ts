/** The smallest request that keeps the contract. */
export const REQUEST = {
  RegionId: 'cn-huhehaote',
  VpcId: 'vpc-1',
  ServiceId: 'epsrv-1',
  SecurityGroupId: ['sg-1'],
} as const;

/** JSON that a caller may write, with the reason why it is right. */
export const ACCEPTED: readonly { readonly input: Record<string, unknown>; readonly reason: string }[] = [
  { input: { request: REQUEST }, reason: 'a request and nothing else' },
  {
    input: {
      request: {
        ...REQUEST,
        Zone: [{ ZoneId: 'cn-huhehaote-b', VSwitchId: 'vsw-1' }],
      },
    },
    reason: 'the first example of the documentation',
  },
  {
    input: {
      request: {
        RegionId: 'cn-huhehaote',
        ClientToken: '0c593ea1-3bea-11e9-b96b-88e9fe637760',
        DryRun: false,
        EndpointName: 'test',
        EndpointType: 'Interface',
        ZonePrivateIpAddressCount: 1,
        EndpointDescription: 'This is my Endpoint.',
        VpcId: 'vpc-hp356stwkxg3fn2xe1234',
        ServiceId: 'epsrv-hp3xdsq46ael67lo1234',
        ServiceName: 'com.aliyuncs.privatelink.cn-huhehaote.epsrv-hp3vpx8yqxblby3i1234',
        Zone: [
          {
            VSwitchId: 'vsw-hp3uf6045ljdhd5zr1234',
            ZoneId: 'cn-huhehaote-b',
            ip: '192.168.0.10',
            Ipv6Address: '2408::1',
          },
        ],
        SecurityGroupId: ['sg-bp1fg655nh68xyz91234'],
        ProtectedEnabled: false,
        Tag: [{ Key: 'env', Value: 'prod' }],
        ResourceGroupId: 'rg-acfmy1234',
        AddressIpVersion: 'DualStack',
        PolicyDocument: '{"Version":"1","Statement":[]}',
        ZoneAffinityEnabled: true,
        ServiceRegionId: 'cn-hangzhou',
        CrossRegionBandwidth: 1000,
      },
    },
    reason: 'every parameter, with the examples of the API page',
  },
  {
    input: { request: { RegionId: 'cn-huhehaote', VpcId: 'vpc-1', ServiceName: 'com.x', EndpointType: 'Reverse' } },
    reason: 'a service known by name only, a type without security groups',
  },
  {
    input: {
      request: { RegionId: 'cn-huhehaote', VpcId: 'vpc-1', ServiceId: 'epsrv-1', EndpointType: 'GatewayLoadBalancer' },
    },
    reason: 'a type that takes no security groups',
  },
  {
    input: {
      request: { ...REQUEST, DryRun: true },
      extraParameters: { NewFlag: true, NewCount: 7, 'NewList.1.Name': 'x', constructor: 'a word like any other' },
      account: 'team-a',
      until: 'Active',
      accept: false,
      ifExists: 'adoptOwn',
      onFailure: 'keep',
      onCancel: 'keep',
      ownerTags: false,
      timeouts: { accepted: '2h', active: '3650d' },
      retry: {
        quota: { initialInterval: '5m', maximumInterval: '30m', backoffCoefficient: 1.5, timeout: '7d' },
        status: false,
      },
      notify: [{ workflowId: 'order-17', signal: 'endpointDone' }, { workflowId: 'order-18' }],
    },
    reason: 'every option with a value that this version has',
  },
  {
    input: {
      request: { ...REQUEST, Zone: [], Tag: [{ Key: 'no value' }] },
      timeouts: {},
      retry: {},
      notify: [],
      extraParameters: {},
    },
    reason: 'empty lists and objects, a tag without a value',
  },
  {
    input: {
      request: { ...REQUEST, Tag: Array.from({ length: 18 }, (_, index) => ({ Key: `k${index}`, Value: '' })) },
    },
    reason: '18 tags beside the two of ours',
  },
  {
    input: {
      request: { ...REQUEST, Tag: Array.from({ length: 20 }, (_, index) => ({ Key: `k${index}`, Value: '' })) },
      ownerTags: false,
    },
    reason: '20 tags without ours',
  },
];

/** Inputs with one plain mistake of shape, which a schema can tell. */
export const REFUSED_SHAPES: readonly { readonly input: unknown; readonly path: string; readonly reason: string }[] = [
  { input: {}, path: 'request', reason: 'no request' },
  { input: { request: null }, path: 'request', reason: 'no object' },
  { input: { request: [REQUEST] }, path: 'request', reason: 'a list of requests' },
  { input: { request: { ...REQUEST, RegionId: 7 } }, path: 'request.RegionId', reason: 'a number for text' },
  {
    input: { request: { ...REQUEST, RegionId: `cn-${'x'.repeat(38)}` } },
    path: 'request.RegionId',
    reason: 'longer than any region id',
  },
  { input: { request: { ...REQUEST, VpcId: '' } }, path: 'request.VpcId', reason: 'empty' },
  { input: { request: { ...REQUEST, VpcId: null } }, path: 'request.VpcId', reason: 'null is no text' },
  {
    input: { request: { ...REQUEST, VpcId: [] } },
    path: 'request.VpcId',
    reason: 'a list is no text, and not a short one either',
  },
  { input: { request: { ...REQUEST, DryRun: 'true' } }, path: 'request.DryRun', reason: 'text for a boolean' },
  { input: { request: { ...REQUEST, EndpointName: 'x' } }, path: 'request.EndpointName', reason: 'too short' },
  {
    input: { request: { ...REQUEST, EndpointName: 'x'.repeat(129) } },
    path: 'request.EndpointName',
    reason: 'too long',
  },
  { input: { request: { ...REQUEST, EndpointName: '1x' } }, path: 'request.EndpointName', reason: 'a digit first' },
  {
    input: { request: { ...REQUEST, EndpointDescription: 'x'.repeat(257) } },
    path: 'request.EndpointDescription',
    reason: 'too long',
  },
  {
    input: { request: { ...REQUEST, EndpointDescription: 'http://x' } },
    path: 'request.EndpointDescription',
    reason: 'an address',
  },
  {
    input: { request: { ...REQUEST, EndpointType: 'interface' } },
    path: 'request.EndpointType',
    reason: 'no such value',
  },
  {
    input: { request: { ...REQUEST, ClientToken: 'x'.repeat(57) } },
    path: 'request.ClientToken',
    reason: 'no room for the epoch',
  },
  { input: { request: { ...REQUEST, ClientToken: 'é' } }, path: 'request.ClientToken', reason: 'not ASCII' },
  {
    input: { request: { ...REQUEST, ZonePrivateIpAddressCount: 2 } },
    path: 'request.ZonePrivateIpAddressCount',
    reason: 'only 1',
  },
  {
    input: { request: { ...REQUEST, ZonePrivateIpAddressCount: '1' } },
    path: 'request.ZonePrivateIpAddressCount',
    reason: 'text',
  },
  {
    input: { request: { ...REQUEST, CrossRegionBandwidth: 99 } },
    path: 'request.CrossRegionBandwidth',
    reason: 'too little',
  },
  {
    input: { request: { ...REQUEST, CrossRegionBandwidth: 100.5 } },
    path: 'request.CrossRegionBandwidth',
    reason: 'not whole',
  },
  {
    input: { request: { ...REQUEST, SecurityGroupId: 'sg-1' } },
    path: 'request.SecurityGroupId',
    reason: 'one group is a list too',
  },
  {
    input: { request: { ...REQUEST, SecurityGroupId: ['sg-1', ''] } },
    path: 'request.SecurityGroupId[1]',
    reason: 'empty',
  },
  {
    input: { request: { ...REQUEST, SecurityGroupId: Array.from({ length: 11 }, (_, index) => `sg-${index}`) } },
    path: 'request.SecurityGroupId',
    reason: '11 groups',
  },
  { input: { request: { ...REQUEST, Zone: { ZoneId: 'b' } } }, path: 'request.Zone', reason: 'one zone is a list too' },
  { input: { request: { ...REQUEST, Zone: ['b'] } }, path: 'request.Zone[0]', reason: 'a zone is an object' },
  {
    input: { request: { ...REQUEST, Zone: [{ ZoneId: 'b' }] } },
    path: 'request.Zone[0].VSwitchId',
    reason: 'no vSwitch',
  },
  {
    input: { request: { ...REQUEST, Zone: [{ ZoneId: 'b', VSwitchId: 'v', ip: '1.2.3' }] } },
    path: 'request.Zone[0].ip',
    reason: 'no IPv4 address',
  },
  {
    input: { request: { ...REQUEST, Zone: [{ ZoneId: 'b', VSwitchId: 'v', Ip: '1.2.3.4' }] } },
    path: 'request.Zone[0].Ip',
    reason: 'the wire has a lower-case ip',
  },
  {
    input: {
      request: {
        ...REQUEST,
        Zone: Array.from({ length: 11 }, (_, index) => ({ ZoneId: `z${index}`, VSwitchId: 'v' })),
      },
    },
    path: 'request.Zone',
    reason: '11 zones',
  },
  { input: { request: { ...REQUEST, Tag: [{ Value: 'x' }] } }, path: 'request.Tag[0].Key', reason: 'no key' },
  {
    input: { request: { ...REQUEST, Tag: [{ Key: 'aliyun-x' }] } },
    path: 'request.Tag[0].Key',
    reason: 'a reserved key',
  },
  {
    input: { request: { ...REQUEST, Tag: [{ Key: 'k', Value: 'x'.repeat(129) }] } },
    path: 'request.Tag[0].Value',
    reason: 'too long',
  },
  {
    input: { request: { ...REQUEST, Tag: Array.from({ length: 21 }, (_, index) => ({ Key: `k${index}` })) } },
    path: 'request.Tag',
    reason: '21 tags',
  },
  {
    input: { request: { ...REQUEST, AddressIpVersion: 'IPv6' } },
    path: 'request.AddressIpVersion',
    reason: 'no such value',
  },
  { input: { request: { ...REQUEST, Unknown: 1 } }, path: 'request.Unknown', reason: 'no such parameter' },
  { input: { request: REQUEST, unknown: 1 }, path: 'unknown', reason: 'no such option' },
  { input: { request: REQUEST, extraParameters: [] }, path: 'extraParameters', reason: 'a list' },
  {
    input: { request: REQUEST, extraParameters: { New: { a: 1 } } },
    path: 'extraParameters.New',
    reason: 'nothing flat',
  },
  {
    input: { request: REQUEST, extraParameters: { New: null } },
    path: 'extraParameters.New',
    reason: 'null is sent as a word',
  },
  {
    input: { request: REQUEST, extraParameters: { 'a b': 'x' } },
    path: 'extraParameters.a b',
    reason: 'no name of a parameter',
  },
  {
    input: { request: REQUEST, extraParameters: { New: 1e300 } },
    path: 'extraParameters.New',
    reason: 'not exact on the wire',
  },
  { input: { request: REQUEST, account: 'a b' }, path: 'account', reason: 'no name of a profile' },
  { input: { request: REQUEST, account: '' }, path: 'account', reason: 'empty' },
  { input: { request: REQUEST, until: 'Ready' }, path: 'until', reason: 'no such value' },
  { input: { request: REQUEST, accept: true }, path: 'accept', reason: 'needs an account' },
  { input: { request: REQUEST, ifExists: 'ignore' }, path: 'ifExists', reason: 'no such value' },
  { input: { request: REQUEST, onFailure: 'remove' }, path: 'onFailure', reason: 'no such value' },
  { input: { request: REQUEST, onCancel: false }, path: 'onCancel', reason: 'no such value' },
  { input: { request: REQUEST, ownerTags: 'no' }, path: 'ownerTags', reason: 'text for a boolean' },
  { input: { request: REQUEST, timeouts: { active: '30' } }, path: 'timeouts.active', reason: 'no unit' },
  { input: { request: REQUEST, timeouts: { active: 1800 } }, path: 'timeouts.active', reason: 'a number has no unit' },
  { input: { request: REQUEST, timeouts: { ready: '1h' } }, path: 'timeouts.ready', reason: 'no such deadline' },
  { input: { request: REQUEST, timeouts: '1h' }, path: 'timeouts', reason: 'which deadline?' },
  { input: { request: REQUEST, retry: false }, path: 'retry', reason: 'which retry?' },
  { input: { request: REQUEST, retry: { quota: true } }, path: 'retry.quota', reason: 'false, or a policy' },
  {
    input: { request: REQUEST, retry: { status: { timeout: '0s' } } },
    path: 'retry.status.timeout',
    reason: 'nothing is no duration',
  },
  {
    input: { request: REQUEST, retry: { quota: { backoffCoefficient: 0.5 } } },
    path: 'retry.quota.backoffCoefficient',
    reason: 'delays never shrink',
  },
  {
    input: { request: REQUEST, retry: { quota: { interval: '1m' } } },
    path: 'retry.quota.interval',
    reason: 'no such field',
  },
  { input: { request: REQUEST, notify: { workflowId: 'x' } }, path: 'notify', reason: 'one target is a list too' },
  { input: { request: REQUEST, notify: [{ signal: 'x' }] }, path: 'notify[0].workflowId', reason: 'whom?' },
  { input: { request: REQUEST, notify: [{ workflowId: '' }] }, path: 'notify[0].workflowId', reason: 'empty' },
  {
    input: { request: REQUEST, notify: Array.from({ length: 11 }, () => ({ workflowId: 'x' })) },
    path: 'notify',
    reason: '11 targets',
  },
];
