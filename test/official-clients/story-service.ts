import {
  ACCOUNT_IDS,
  AWKWARD,
  connection,
  endpoint,
  RegionId,
  service,
  ZONE_A,
  ZONE_B,
  zoneConnection,
  type Step,
} from './step.js';

/** Opening the product, and what is there before anybody makes anything. */
export const OPENING: readonly Step[] = [
  { as: 'newcomer', action: 'CheckProductOpen', params: {}, refusal: 'NeedOpenProduct' },
  { as: 'newcomer', action: 'OpenPrivateLinkService', params: {} },
  { as: 'newcomer', action: 'CheckProductOpen', params: {}, answers: { Success: true } },
  { as: 'newcomer', action: 'OpenPrivateLinkService', params: {}, refusal: 'OrderOpend' },
  // With a region: the older SDKs add one of their own to a call without.
  { as: 'consumer', action: 'DescribeRegions', params: { RegionId } },
  { as: 'consumer', action: 'DescribeZones', params: { RegionId } },
];

/** The provider makes a service. */
export const SERVICE: readonly Step[] = [
  {
    as: 'provider',
    action: 'CreateVpcEndpointService',
    params: {
      RegionId,
      ClientToken: 'service-1',
      ServiceDescription: AWKWARD,
      ServiceResourceType: 'slb',
      AutoAcceptEnabled: false,
      Resource: [{ ResourceType: 'slb', ResourceId: 'lb-1', ZoneId: ZONE_A }],
      Tag: [{ Key: 'team', Value: 'platform' }],
    },
    answers: { ServiceDescription: AWKWARD, ServiceStatus: 'Creating', AutoAcceptEnabled: false },
    captures: ['ServiceId', 'ServiceName'],
  },
  {
    as: 'provider',
    action: 'GetVpcEndpointServiceAttribute',
    params: service,
    answers: { ServiceStatus: 'Active', ServiceName: '$ServiceName', Zones: [ZONE_A], ServiceResourceType: 'slb' },
  },
  {
    as: 'provider',
    action: 'AttachResourceToVpcEndpointService',
    params: { ...service, ResourceType: 'slb', ResourceId: 'lb-2', ZoneId: ZONE_B },
  },
  {
    as: 'provider',
    action: 'UpdateVpcEndpointServiceResourceAttribute',
    params: { ...service, ResourceId: 'lb-2', ZoneId: ZONE_B, AutoAllocatedEnabled: true },
  },
  {
    as: 'provider',
    action: 'ListVpcEndpointServiceResources',
    params: service,
    answers: {
      Resources: [
        { ResourceId: 'lb-1', ResourceType: 'slb', ZoneId: ZONE_A },
        { ResourceId: 'lb-2', ResourceType: 'slb', ZoneId: ZONE_B, AutoAllocatedEnabled: true },
      ],
    },
  },
  {
    as: 'provider',
    action: 'UpdateVpcEndpointServiceAttribute',
    params: { ...service, ServiceDescription: 'renamed service', ConnectBandwidth: 3072 },
  },
  {
    as: 'provider',
    action: 'ListVpcEndpointServices',
    params: { RegionId, MaxResults: 10, Tag: [{ Key: 'team', Value: 'platform' }] },
    answers: {
      TotalCount: 1,
      Services: [
        { ServiceId: '$ServiceId', ServiceDescription: 'renamed service', Tags: [{ Key: 'team', Value: 'platform' }] },
      ],
    },
  },
  {
    as: 'consumer',
    action: 'GetVpcEndpointServiceAttribute',
    params: { RegionId, ServiceId: 'epsrv-missing' },
    refusal: 'EndpointServiceNotFound',
  },
];

/** The provider accepts the connection, works on it, and closes it. */
export const CONNECTION: readonly Step[] = [
  {
    as: 'provider',
    action: 'ListVpcEndpointConnections',
    params: service,
    answers: {
      TotalCount: '1',
      Connections: [
        {
          EndpointId: '$EndpointId',
          EndpointOwnerId: Number(ACCOUNT_IDS.consumer),
          EndpointVpcId: 'vpc-1',
          ConnectionStatus: 'Disconnected',
        },
      ],
    },
  },
  {
    as: 'provider',
    action: 'UpdateVpcEndpointZoneConnectionResourceAttribute',
    params: { ...zoneConnection, ResourceAllocateMode: 'Manual', ResourceType: 'slb', ResourceId: 'lb-1' },
  },
  { as: 'provider', action: 'EnableVpcEndpointConnection', params: connection },
  {
    as: 'consumer',
    action: 'GetVpcEndpointAttribute',
    params: endpoint,
    answers: { ConnectionStatus: 'Connecting' },
    atOnce: true,
  },
  {
    as: 'consumer',
    action: 'GetVpcEndpointAttribute',
    params: endpoint,
    answers: { ConnectionStatus: 'Connected', EndpointStatus: 'Active' },
  },
  { as: 'provider', action: 'UpdateVpcEndpointConnectionAttribute', params: { ...connection, Bandwidth: 4096 } },
  {
    as: 'provider',
    action: 'ListVpcEndpointConnections',
    params: { ...service, ConnectionStatus: 'Connected' },
    answers: { TotalCount: '1', Connections: [{ EndpointId: '$EndpointId', Bandwidth: 4096 }] },
  },
  { as: 'provider', action: 'DisableVpcEndpointZoneConnection', params: zoneConnection },
  { as: 'provider', action: 'EnableVpcEndpointZoneConnection', params: zoneConnection },
  { as: 'provider', action: 'DisableVpcEndpointConnection', params: connection },
  {
    as: 'provider',
    action: 'EnableVpcEndpointConnection',
    params: { ...connection, EndpointId: 'ep-missing' },
    refusal: 'EndpointConnectionNotFound',
  },
];
