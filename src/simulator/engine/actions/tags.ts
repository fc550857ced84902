import type { Tag } from '../../../model/endpoint.js';
import { checkTags } from '../create-rules.js';
import type { EndpointService } from '../endpoint-service.js';
import { SimulatedEndpoint } from '../endpoint.js';
import { causeOf, type EngineCall, type EngineState, type Fields, type Preparation } from '../engine-state.js';
import { pageOf } from '../paging.js';
import { mandatoryText, optionalBoolean, optionalText, tagsOf, textsOf, type WireParameters } from '../parameters.js';
import { invalidParameter, missingParameter, Refusal } from '../refusals.js';
import { hasTags } from './endpoints.js';

type ResourceType = 'vpcendpoint' | 'vpcendpointservice';

/** An endpoint or a service, as far as tags and resource groups go. */
interface Resource {
  tags(): readonly Tag[];
  setTags(tags: readonly Tag[]): void;
  setResourceGroup(ResourceGroupId: string): void;
}

/** So many resources one call may name. */
const MAX_RESOURCES = 50;

/** TagResources. */
export function tagResources(state: EngineState, call: EngineCall): Preparation {
  const { parameters } = call;
  const resources = resourcesOf(state, call);
  const tags = tagsOf(parameters);
  if (tags.length === 0) throw new Refusal('MissingTagKeyParam');
  checkTags(tags);
  const { tagsPerResource } = state.settings.quotas;
  const merged = resources.map((resource) => {
    const kept = resource.tags().filter(({ Key }) => tags.every((tag) => tag.Key !== Key));
    return { resource, tags: [...kept, ...tags] };
  });
  if (merged.some((change) => change.tags.length > tagsPerResource)) throw new Refusal('QuotaExceed.TagsPerResource');
  return () => {
    for (const change of merged) change.resource.setTags(change.tags);
    return {};
  };
}

/** UntagResources. */
export function untagResources(state: EngineState, call: EngineCall): Preparation {
  const { parameters } = call;
  const resources = resourcesOf(state, call);
  const keys = textsOf(parameters, 'TagKey');
  if (new Set(keys).size < keys.length) throw new Refusal('DuplicatedTagKey');
  const all = keys.length === 0 && optionalBoolean(parameters, 'All') === true;
  if (keys.length === 0 && !all) throw missingParameter('TagKey');
  // Inferred: a key that none of the resources has is what the code stands for.
  const isKnown = all || resources.some((resource) => resource.tags().some(({ Key }) => keys.includes(Key)));
  if (!isKnown) throw new Refusal('TagInfoNotExist');
  return () => {
    for (const resource of resources) {
      resource.setTags(all ? [] : resource.tags().filter(({ Key }) => !keys.includes(Key)));
    }
    return {};
  };
}

/** ListTagResources. */
export function listTagResources(state: EngineState, call: EngineCall): Fields {
  const { parameters } = call;
  const type = resourceTypeOf(mandatoryText(parameters, 'ResourceType'));
  const ids = textsOf(parameters, 'ResourceId');
  const wanted = tagsOf(parameters);
  if (ids.length === 0 && wanted.length === 0) throw new Refusal('MissingResourceIdOrTagParam');
  if (wanted.some(({ Key }) => Key === '')) throw new Refusal('MissingTagKeyParam');
  if (new Set(wanted.map(({ Key }) => Key)).size < wanted.length) throw new Refusal('DuplicatedTagKey');
  const RegionId = mandatoryText(parameters, 'RegionId');
  const isShown = ({ Key }: Tag) => wanted.length === 0 || wanted.some((tag) => tag.Key === Key);
  const rows = resourcesWithIds(state, call, { type, ids, RegionId })
    .filter(({ attributes }) => hasTags(attributes.tags, wanted))
    .flatMap((resource) => resource.attributes.tags.filter(isShown).map((tag) => ({ resource, tag })));
  const { items, wire } = pageOf(rows, (_item, index) => index, parameters);
  const TagResources = items.map(({ resource, tag }) => ({
    TagKey: tag.Key,
    TagValue: tag.Value,
    ResourceId: resource instanceof SimulatedEndpoint ? resource.EndpointId : resource.ServiceId,
    ResourceType: type,
  }));
  return { TagResources, ...(wire.NextToken === undefined ? {} : { NextToken: wire.NextToken }) };
}

/** ChangeResourceGroup. It names no region: the id is enough. */
export function changeResourceGroup(state: EngineState, call: EngineCall): Preparation {
  const { parameters } = call;
  const type = resourceTypeOf(optionalText(parameters, 'ResourceType') ?? 'vpcendpoint');
  const id = mandatoryText(parameters, 'ResourceId');
  const ResourceGroupId = mandatoryText(parameters, 'ResourceGroupId');
  if (!/^rg-[\w*-]+$/.test(ResourceGroupId)) throw new Refusal('InvalidResourceGroup');
  const resource = findResource(state, call, { type, id });
  if (resource === undefined) throw new Refusal('ResourceNotFound');
  return () => {
    resource.setResourceGroup(ResourceGroupId);
    return {};
  };
}

function resourcesOf(state: EngineState, call: EngineCall): readonly Resource[] {
  const { parameters } = call;
  const type = resourceTypeOf(mandatoryText(parameters, 'ResourceType'));
  const ids = resourceIdsOf(parameters);
  const RegionId = mandatoryText(parameters, 'RegionId');
  return ids.map((id) => {
    const found = findResource(state, call, { type, id, RegionId });
    if (found === undefined) throw new Refusal('InvalidResourceId.NotFound');
    return found;
  });
}

function resourceIdsOf(parameters: WireParameters): readonly string[] {
  const ids = [...new Set(textsOf(parameters, 'ResourceId'))];
  if (ids.length === 0) throw missingParameter('ResourceId');
  if (ids.length > MAX_RESOURCES) throw invalidParameter('ResourceId');
  return ids;
}

/** Clients write the type in several ways: only the letters count. */
function resourceTypeOf(text: string): ResourceType {
  const type = text.toLowerCase();
  if (type !== 'vpcendpoint' && type !== 'vpcendpointservice') throw invalidParameter('ResourceType');
  return type;
}

/** A resource by its id, if it belongs to the account and, where one is given, to the region. */
function findResource(
  state: EngineState,
  call: EngineCall,
  { type, id, RegionId }: { readonly type: ResourceType; readonly id: string; readonly RegionId?: string },
): Resource | undefined {
  if (type === 'vpcendpoint') {
    const endpoint = ownEndpoint(state, call, id, RegionId);
    return endpoint && endpointResource(state, call, endpoint);
  }
  const service = state.services
    .ofAccount(call.accountId, state.world, RegionId)
    .find(({ ServiceId }) => ServiceId === id);
  return service && serviceResource(state, call, service);
}

function ownEndpoint(state: EngineState, { accountId }: EngineCall, id: string, RegionId: string | undefined) {
  const endpoint = state.endpoints.find(id);
  if (endpoint?.birth.accountId !== accountId) return undefined;
  return (RegionId ?? endpoint.birth.request.RegionId) === endpoint.birth.request.RegionId ? endpoint : undefined;
}

/** What an account has of one type in a region, all or those with certain ids, in the order of creation. */
function resourcesWithIds(
  state: EngineState,
  call: EngineCall,
  { type, ids, RegionId }: { readonly type: ResourceType; readonly ids: readonly string[]; readonly RegionId: string },
): readonly (SimulatedEndpoint | EndpointService)[] {
  const { accountId } = call;
  if (type === 'vpcendpointservice') {
    const services = state.services.ofAccount(accountId, state.world, RegionId);
    return ids.length === 0 ? services : services.filter(({ ServiceId }) => ids.includes(ServiceId));
  }
  if (ids.length === 0) return state.endpoints.all({ accountId, RegionId });
  return [...new Set(ids)]
    .flatMap((id) => ownEndpoint(state, call, id, RegionId) ?? [])
    .sort((a, b) => a.birth.sequence - b.birth.sequence);
}

function endpointResource(state: EngineState, call: EngineCall, endpoint: SimulatedEndpoint): Resource {
  const change = (changes: Partial<typeof endpoint.attributes>) => {
    endpoint.attributes = { ...endpoint.attributes, ...changes };
    state.endpoints.changing(endpoint, causeOf(call));
  };
  return {
    tags: () => endpoint.attributes.tags,
    setTags: (tags) => change({ tags }),
    setResourceGroup: (ResourceGroupId) => change({ ResourceGroupId }),
  };
}

function serviceResource(state: EngineState, call: EngineCall, service: EndpointService): Resource {
  const change = (changes: Partial<typeof service.attributes>) => {
    service.attributes = { ...service.attributes, ...changes };
    state.noteService('serviceChanged', service, causeOf(call));
  };
  return {
    tags: () => service.attributes.tags,
    setTags: (tags) => change({ tags }),
    setResourceGroup: (ResourceGroupId) => change({ ResourceGroupId }),
  };
}
