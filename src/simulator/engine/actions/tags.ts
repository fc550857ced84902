import type { Tag } from '../../../model/endpoint.js';
import { checkTags } from '../create-rules.js';
import { causeOf, type EngineCall, type EngineState, type Fields, type Preparation } from '../engine-state.js';
import { pageOf } from '../paging.js';
import { mandatoryText, optionalBoolean, optionalText, tagsOf, textsOf, type WireParameters } from '../parameters.js';
import { invalidParameter, missingParameter, Refusal } from '../refusals.js';
import { hasTags } from './endpoints.js';

/** An endpoint or a service, as far as tags and resource groups go. */
interface Resource {
  readonly id: string;
  readonly type: 'vpcendpoint' | 'vpcendpointservice';
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
  const resources = allResources(state, call, mandatoryText(parameters, 'RegionId')).filter(
    (resource) =>
      resource.type === type && (ids.length === 0 || ids.includes(resource.id)) && hasTags(resource.tags(), wanted),
  );
  const rows = resources.flatMap((resource) =>
    resource
      .tags()
      .filter(({ Key }) => wanted.length === 0 || wanted.some((tag) => tag.Key === Key))
      .map(({ Key, Value }) => ({
        TagKey: Key,
        TagValue: Value,
        ResourceId: resource.id,
        ResourceType: resource.type,
      })),
  );
  const { items, wire } = pageOf(rows, (_item, index) => index, parameters);
  return { TagResources: items, ...(wire.NextToken === undefined ? {} : { NextToken: wire.NextToken }) };
}

/** ChangeResourceGroup. It names no region: the id is enough. */
export function changeResourceGroup(state: EngineState, call: EngineCall): Preparation {
  const { parameters } = call;
  const type = resourceTypeOf(optionalText(parameters, 'ResourceType') ?? 'vpcendpoint');
  const id = mandatoryText(parameters, 'ResourceId');
  const ResourceGroupId = mandatoryText(parameters, 'ResourceGroupId');
  if (!/^rg-[\w*-]+$/.test(ResourceGroupId)) throw new Refusal('InvalidResourceGroup');
  const resource = allResources(state, call).find((candidate) => candidate.type === type && candidate.id === id);
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
  const all = allResources(state, call, mandatoryText(parameters, 'RegionId'));
  return ids.map((id) => {
    const found = all.find((resource) => resource.type === type && resource.id === id);
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
function resourceTypeOf(text: string): Resource['type'] {
  const type = text.toLowerCase();
  if (type !== 'vpcendpoint' && type !== 'vpcendpointservice') throw invalidParameter('ResourceType');
  return type;
}

/** What an account owns, in one region or in all. */
function allResources(state: EngineState, call: EngineCall, RegionId?: string): readonly Resource[] {
  const { accountId } = call;
  const endpoints = state.endpoints
    .all(RegionId === undefined ? undefined : { accountId, RegionId })
    .filter((endpoint) => endpoint.birth.accountId === accountId)
    .map((endpoint): Resource => {
      const change = (changes: Partial<typeof endpoint.attributes>) => {
        endpoint.attributes = { ...endpoint.attributes, ...changes };
        state.endpoints.changing(endpoint, causeOf(call));
      };
      return {
        id: endpoint.EndpointId,
        type: 'vpcendpoint',
        tags: () => endpoint.attributes.tags,
        setTags: (tags) => change({ tags }),
        setResourceGroup: (ResourceGroupId) => change({ ResourceGroupId }),
      };
    });
  const services = state.services.ofAccount(accountId, state.world, RegionId).map((service): Resource => {
    const change = (changes: Partial<typeof service.attributes>) => {
      service.attributes = { ...service.attributes, ...changes };
      state.noteService('serviceChanged', service, causeOf(call));
    };
    return {
      id: service.ServiceId,
      type: 'vpcendpointservice',
      tags: () => service.attributes.tags,
      setTags: (tags) => change({ tags }),
      setResourceGroup: (ResourceGroupId) => change({ ResourceGroupId }),
    };
  });
  return [...endpoints, ...services];
}
