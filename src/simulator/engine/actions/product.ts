import { zonesOfRegion } from '../endpoint-service.js';
import type { EngineCall, EngineState, Fields, Preparation } from '../engine-state.js';
import { mandatoryText, optionalText } from '../parameters.js';
import { Refusal } from '../refusals.js';

/** Kinds of load balancers that can serve (CreateVpcEndpointService). */
export const RESOURCE_TYPES: readonly string[] = ['slb', 'alb', 'nlb', 'gwlb'];

/** DescribeRegions. */
export function describeRegions({ world, settings }: EngineState, { parameters }: EngineCall): Fields {
  const RegionId = optionalText(parameters, 'RegionId');
  const type = optionalText(parameters, 'ServiceResourceType');
  const offered = type === undefined || RESOURCE_TYPES.includes(type) ? world.regions : [];
  const filters = settings.switches.describeRegionsFilters && RegionId !== undefined;
  const listed = offered.filter((region) => !filters || region === RegionId);
  return {
    Regions: {
      Region: listed.map((region) => ({
        RegionId: region,
        LocalName: region,
        RegionEndpoint: `privatelink.${region}.aliyuncs.com`,
        ServiceResourceTypes: { ServiceResourceType: RESOURCE_TYPES },
      })),
    },
  };
}

/** DescribeZones: more zones than any region has, so that none that a request may name is missing. */
export function describeZones(_state: EngineState, { parameters }: EngineCall): Fields {
  const zones = zonesOfRegion(mandatoryText(parameters, 'RegionId'));
  return { Zones: { Zone: zones.map((ZoneId) => ({ ZoneId, LocalName: ZoneId })) } };
}

/** CheckProductOpen. */
export function checkProductOpen(state: EngineState, { accountId }: EngineCall): Fields {
  if (!state.isOpenFor(accountId)) throw new Refusal('NeedOpenProduct');
  return { Success: true };
}

/** OpenPrivateLinkService. */
export function openPrivateLinkService(state: EngineState, { accountId }: EngineCall): Preparation {
  if (state.isOpenFor(accountId)) throw new Refusal('OrderOpend');
  if (state.world.account(accountId).balanceEnough === false)
    throw new Refusal('InvalidAccountStatus.NotEnoughBalance');
  return () => {
    state.openFor(accountId);
    return { OrderId: state.ids.newId('order').replace(/\D/g, '').padStart(15, '2') };
  };
}
