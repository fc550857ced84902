import { ACCOUNT_IDS, AWKWARD, endpoint, RegionId, service, ZONE_A, ZONE_B, type Step } from './step.js';

const create = {
  RegionId,
  ClientToken: 'create-1',
  ServiceId: '$ServiceId',
  VpcId: 'vpc-1',
  EndpointName: 'shop-1',
  EndpointDescription: AWKWARD,
  ZonePrivateIpAddressCount: 1,
  Zone: [{ ZoneId: ZONE_A, VSwitchId: 'vsw-1', ip: '10.0.0.5' }],
  SecurityGroupId: ['sg-1'],
  Tag: [
    { Key: 'team', Value: 'shop' },
    { Key: 'empty', Value: '' },
  ],
  ProtectedEnabled: false,
};

/** The consumer is let in and makes an endpoint. */
export const ENDPOINT: readonly Step[] = [
  { as: 'consumer', action: 'CreateVpcEndpoint', params: create, refusal: 'EndpointServiceNotAuthorized' },
  {
    as: 'provider',
    action: 'AddUserToVpcEndpointService',
    params: { ...service, UserId: Number(ACCOUNT_IDS.consumer) },
  },
  {
    as: 'provider',
    action: 'ListVpcEndpointServiceUsers',
    params: { ...service, MaxResults: 20, UserId: Number(ACCOUNT_IDS.consumer) },
    answers: { TotalCount: '1', Users: [{ UserId: Number(ACCOUNT_IDS.consumer) }] },
  },
  {
    as: 'consumer',
    action: 'ListVpcEndpointServicesByEndUser',
    params: { RegionId, ServiceId: '$ServiceId' },
    answers: { TotalCount: '1', Services: [{ ServiceName: '$ServiceName', Zones: [ZONE_A, ZONE_B] }] },
  },
  {
    as: 'consumer',
    action: 'CreateVpcEndpoint',
    params: { ...create, ClientToken: 'dry-1', DryRun: true },
    refusal: 'DryRunOperation',
  },
  {
    as: 'consumer',
    action: 'ListVpcEndpoints',
    params: { RegionId },
    answers: { TotalCount: 0, Endpoints: [] },
  },
  {
    as: 'consumer',
    action: 'CreateVpcEndpoint',
    params: { RegionId, ClientToken: 'no-group-1', ServiceId: '$ServiceId', VpcId: 'vpc-1' },
    refusal: 'EndpointMustContainSecurityGroup',
  },
  {
    as: 'consumer',
    action: 'CreateVpcEndpoint',
    params: { ...create, ClientToken: 'create-2' },
    answers: { EndpointStatus: 'Creating', EndpointName: 'shop-1', EndpointDescription: AWKWARD, VpcId: 'vpc-1' },
    captures: ['EndpointId', 'EndpointDomain'],
  },
  {
    as: 'consumer',
    action: 'CreateVpcEndpoint',
    params: { ...create, ClientToken: 'create-2' },
    answers: { EndpointId: '$EndpointId' },
    atOnce: true,
  },
  {
    as: 'consumer',
    action: 'CreateVpcEndpoint',
    params: { ...create, ClientToken: 'create-2', EndpointName: 'shop-2' },
    refusal: 'IdempotenceSignatureMismatch',
    atOnce: true,
  },
  {
    as: 'consumer',
    action: 'GetVpcEndpointAttribute',
    params: endpoint,
    answers: { EndpointStatus: 'Active', ConnectionStatus: 'Disconnected', EndpointDomain: '$EndpointDomain' },
  },
  {
    as: 'consumer',
    action: 'ListVpcEndpoints',
    params: {
      RegionId,
      VpcId: 'vpc-1',
      EndpointName: 'shop-1',
      Tag: [
        { Key: 'team', Value: 'shop' },
        { Key: 'empty', Value: '' },
      ],
    },
    answers: { TotalCount: 1, Endpoints: [{ EndpointId: '$EndpointId', EndpointDescription: AWKWARD }] },
  },
];

/** Everything of an endpoint that can be changed. */
export const CHANGES: readonly Step[] = [
  {
    as: 'consumer',
    action: 'AddZoneToVpcEndpoint',
    params: { ...endpoint, ZoneId: ZONE_B, VSwitchId: 'vsw-2', ip: '10.0.1.7' },
  },
  {
    as: 'consumer',
    action: 'ListVpcEndpointZones',
    params: { ...endpoint, MaxResults: 10 },
    answers: {
      TotalCount: 2,
      Zones: [
        { ZoneId: ZONE_A, VSwitchId: 'vsw-1', EniIp: '10.0.0.5' },
        { ZoneId: ZONE_B, VSwitchId: 'vsw-2', EniIp: '10.0.1.7', ZoneStatus: 'Wait' },
      ],
    },
  },
  {
    as: 'consumer',
    action: 'ListVpcEndpointZones',
    params: { ...endpoint, MaxResults: 1 },
    answers: { MaxResults: 1, TotalCount: 2, Zones: [{ ZoneId: ZONE_A }] },
    captures: ['NextToken'],
  },
  {
    as: 'consumer',
    action: 'ListVpcEndpointZones',
    params: { ...endpoint, MaxResults: 1, NextToken: '$NextToken' },
    answers: { Zones: [{ ZoneId: ZONE_B }] },
  },
  {
    as: 'consumer',
    action: 'AddZoneToVpcEndpoint',
    params: { ...endpoint, ZoneId: ZONE_B, VSwitchId: 'vsw-2' },
    refusal: 'EndpointZoneDuplicated',
  },
  { as: 'consumer', action: 'AttachSecurityGroupToVpcEndpoint', params: { ...endpoint, SecurityGroupId: 'sg-2' } },
  {
    as: 'consumer',
    action: 'ListVpcEndpointSecurityGroups',
    params: endpoint,
    answers: {
      TotalCount: 2,
      SecurityGroups: [
        { SecurityGroupId: 'sg-1', SecurityGroupStatus: 'Attached' },
        { SecurityGroupId: 'sg-2', SecurityGroupStatus: 'Attached' },
      ],
    },
  },
  { as: 'consumer', action: 'DetachSecurityGroupFromVpcEndpoint', params: { ...endpoint, SecurityGroupId: 'sg-1' } },
  {
    as: 'consumer',
    action: 'DetachSecurityGroupFromVpcEndpoint',
    params: { ...endpoint, SecurityGroupId: 'sg-2' },
    refusal: 'EndpointMustContainSecurityGroup',
  },
  {
    as: 'consumer',
    action: 'UpdateVpcEndpointAttribute',
    params: { ...endpoint, EndpointName: 'shop-1b', EndpointDescription: 'renamed endpoint' },
  },
  {
    as: 'consumer',
    action: 'GetVpcEndpointAttribute',
    params: endpoint,
    answers: { EndpointName: 'shop-1b', EndpointDescription: 'renamed endpoint', EndpointStatus: 'Active' },
  },
  {
    as: 'consumer',
    action: 'ChangeResourceGroup',
    params: { ResourceId: '$EndpointId', ResourceGroupId: 'rg-2', ResourceType: 'VpcEndpoint' },
  },
  {
    as: 'consumer',
    action: 'ListVpcEndpoints',
    params: { RegionId, ResourceGroupId: 'rg-2' },
    answers: { TotalCount: 1, Endpoints: [{ EndpointId: '$EndpointId' }] },
  },
];

const tagged = { RegionId, ResourceType: 'vpcendpoint', ResourceId: ['$EndpointId'] };

/** Tags of the endpoint. */
export const TAGS: readonly Step[] = [
  {
    as: 'consumer',
    action: 'TagResources',
    params: {
      ...tagged,
      Tag: [
        { Key: 'stage', Value: AWKWARD },
        { Key: 'bare', Value: '' },
      ],
    },
  },
  {
    as: 'consumer',
    action: 'ListTagResources',
    params: { ...tagged, Tag: [{ Key: 'stage', Value: AWKWARD }] },
    answers: { TagResources: [{ ResourceId: '$EndpointId', TagKey: 'stage', TagValue: AWKWARD }] },
  },
  { as: 'consumer', action: 'UntagResources', params: { ...tagged, TagKey: ['stage', 'team'] } },
  {
    as: 'consumer',
    action: 'ListTagResources',
    params: tagged,
    answers: {
      TagResources: [
        { ResourceId: '$EndpointId', TagKey: 'empty', TagValue: '' },
        { ResourceId: '$EndpointId', TagKey: 'bare', TagValue: '' },
      ],
    },
  },
  {
    as: 'consumer',
    action: 'TagResources',
    params: { ...tagged, ResourceId: ['ep-missing'], Tag: [{ Key: 'a', Value: 'b' }] },
    refusal: 'InvalidResourceId.NotFound',
  },
];

/** Everything goes, in the order in which it must. */
export const DELETION: readonly Step[] = [
  { as: 'consumer', action: 'DeleteVpcEndpoint', params: endpoint, refusal: 'EndpointDependenceViolation' },
  { as: 'consumer', action: 'RemoveZoneFromVpcEndpoint', params: { ...endpoint, ZoneId: ZONE_A } },
  { as: 'consumer', action: 'RemoveZoneFromVpcEndpoint', params: { ...endpoint, ZoneId: ZONE_B } },
  {
    as: 'consumer',
    action: 'RemoveZoneFromVpcEndpoint',
    params: { ...endpoint, ZoneId: ZONE_B },
    refusal: 'EndpointZoneNotFound',
  },
  { as: 'consumer', action: 'DeleteVpcEndpoint', params: { ...endpoint, ClientToken: 'delete-1' } },
  {
    as: 'consumer',
    action: 'GetVpcEndpointAttribute',
    params: endpoint,
    answers: { EndpointStatus: 'Deleting' },
    atOnce: true,
  },
  { as: 'consumer', action: 'GetVpcEndpointAttribute', params: endpoint, refusal: 'EndpointNotFound' },
  { as: 'consumer', action: 'ListVpcEndpoints', params: { RegionId }, answers: { TotalCount: 0, Endpoints: [] } },
  { as: 'consumer', action: 'DeleteVpcEndpoint', params: endpoint, refusal: 'EndpointNotFound' },
  {
    as: 'provider',
    action: 'RemoveUserFromVpcEndpointService',
    params: { ...service, UserId: Number(ACCOUNT_IDS.consumer) },
  },
  {
    as: 'provider',
    action: 'DeleteVpcEndpointService',
    params: service,
    refusal: 'EndpointServiceDependenceViolation',
  },
  {
    as: 'provider',
    action: 'DetachResourceFromVpcEndpointService',
    params: { ...service, ResourceType: 'slb', ResourceId: 'lb-1', ZoneId: ZONE_A },
  },
  {
    as: 'provider',
    action: 'DetachResourceFromVpcEndpointService',
    params: { ...service, ResourceType: 'slb', ResourceId: 'lb-2', ZoneId: ZONE_B },
  },
  { as: 'provider', action: 'DeleteVpcEndpointService', params: service },
  { as: 'provider', action: 'GetVpcEndpointServiceAttribute', params: service, refusal: 'EndpointServiceNotFound' },
];
