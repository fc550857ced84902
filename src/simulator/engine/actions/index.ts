import type { ACTION_TABLE, ActionName } from '../action-table.js';
import type { ReadAction, WriteAction } from '../engine-state.js';
import {
  disableVpcEndpointConnection,
  enableVpcEndpointConnection,
  listVpcEndpointConnections,
  updateVpcEndpointConnectionAttribute,
} from './connections.js';
import { createVpcEndpoint } from './create-endpoint.js';
import { createVpcEndpointService } from './create-service.js';
import {
  deleteVpcEndpoint,
  getVpcEndpointAttribute,
  listVpcEndpoints,
  updateVpcEndpointAttribute,
} from './endpoints.js';
import { checkProductOpen, describeRegions, describeZones, openPrivateLinkService } from './product.js';
import {
  attachSecurityGroupToVpcEndpoint,
  detachSecurityGroupFromVpcEndpoint,
  listVpcEndpointSecurityGroups,
} from './security-groups.js';
import {
  attachResourceToVpcEndpointService,
  detachResourceFromVpcEndpointService,
  listVpcEndpointServiceResources,
  updateVpcEndpointServiceResourceAttribute,
} from './service-resources.js';
import {
  addUserToVpcEndpointService,
  listVpcEndpointServiceUsers,
  removeUserFromVpcEndpointService,
} from './service-users.js';
import {
  deleteVpcEndpointService,
  getVpcEndpointServiceAttribute,
  listVpcEndpointServices,
  updateVpcEndpointServiceAttribute,
} from './services.js';
import { changeResourceGroup, listTagResources, tagResources, untagResources } from './tags.js';
import { listVpcEndpointServicesByEndUser } from './usable-services.js';
import {
  disableVpcEndpointZoneConnection,
  enableVpcEndpointZoneConnection,
  updateVpcEndpointZoneConnectionResourceAttribute,
} from './zone-connections.js';
import { addZoneToVpcEndpoint, listVpcEndpointZones, removeZoneFromVpcEndpoint } from './zones.js';

type Table = typeof ACTION_TABLE;

/** The table says of every action whether it writes: with these types, none can be missing or in the wrong map. */
type WriteName = { [Name in ActionName]: Table[Name]['writes'] extends true ? Name : never }[ActionName];
type ReadName = Exclude<ActionName, WriteName>;

const READ_ACTIONS: Readonly<Record<ReadName, ReadAction>> = {
  CheckProductOpen: checkProductOpen,
  DescribeRegions: describeRegions,
  DescribeZones: describeZones,
  GetVpcEndpointAttribute: getVpcEndpointAttribute,
  GetVpcEndpointServiceAttribute: getVpcEndpointServiceAttribute,
  ListTagResources: listTagResources,
  ListVpcEndpointConnections: listVpcEndpointConnections,
  ListVpcEndpointSecurityGroups: listVpcEndpointSecurityGroups,
  ListVpcEndpointServiceResources: listVpcEndpointServiceResources,
  ListVpcEndpointServiceUsers: listVpcEndpointServiceUsers,
  ListVpcEndpointServices: listVpcEndpointServices,
  ListVpcEndpointServicesByEndUser: listVpcEndpointServicesByEndUser,
  ListVpcEndpointZones: listVpcEndpointZones,
  ListVpcEndpoints: listVpcEndpoints,
};

const WRITE_ACTIONS: Readonly<Record<WriteName, WriteAction>> = {
  AddUserToVpcEndpointService: addUserToVpcEndpointService,
  AddZoneToVpcEndpoint: addZoneToVpcEndpoint,
  AttachResourceToVpcEndpointService: attachResourceToVpcEndpointService,
  AttachSecurityGroupToVpcEndpoint: attachSecurityGroupToVpcEndpoint,
  ChangeResourceGroup: changeResourceGroup,
  CreateVpcEndpoint: createVpcEndpoint,
  CreateVpcEndpointService: createVpcEndpointService,
  DeleteVpcEndpoint: deleteVpcEndpoint,
  DeleteVpcEndpointService: deleteVpcEndpointService,
  DetachResourceFromVpcEndpointService: detachResourceFromVpcEndpointService,
  DetachSecurityGroupFromVpcEndpoint: detachSecurityGroupFromVpcEndpoint,
  DisableVpcEndpointConnection: disableVpcEndpointConnection,
  DisableVpcEndpointZoneConnection: disableVpcEndpointZoneConnection,
  EnableVpcEndpointConnection: enableVpcEndpointConnection,
  EnableVpcEndpointZoneConnection: enableVpcEndpointZoneConnection,
  OpenPrivateLinkService: openPrivateLinkService,
  RemoveUserFromVpcEndpointService: removeUserFromVpcEndpointService,
  RemoveZoneFromVpcEndpoint: removeZoneFromVpcEndpoint,
  TagResources: tagResources,
  UntagResources: untagResources,
  UpdateVpcEndpointAttribute: updateVpcEndpointAttribute,
  UpdateVpcEndpointConnectionAttribute: updateVpcEndpointConnectionAttribute,
  UpdateVpcEndpointServiceAttribute: updateVpcEndpointServiceAttribute,
  UpdateVpcEndpointServiceResourceAttribute: updateVpcEndpointServiceResourceAttribute,
  UpdateVpcEndpointZoneConnectionResourceAttribute: updateVpcEndpointZoneConnectionResourceAttribute,
};

/** Actions that change nothing, by name. */
export const READS: ReadonlyMap<string, ReadAction> = new Map(Object.entries(READ_ACTIONS));

/** Actions that change something, by name. */
export const WRITES: ReadonlyMap<string, WriteAction> = new Map(Object.entries(WRITE_ACTIONS));
