import { readByName, readLookUp } from '../model/adoption.js';
import { realWorkflowId } from '../model/derived-id.js';
import { ownerTags } from '../model/owner-tags.js';
import {
  endpointQuotaCheck,
  existingCheck,
  serviceChecks,
  type PreflightCheck,
  type PreflightPart,
} from '../model/preflight.js';
import type { AttemptRecord } from '../contract/result.js';
import { PrivateLinkError, type ListVpcEndpointsQuery, type PrivateLinkApi } from '../privatelink/port.js';
import { ActivityMemory } from './attempt-memory.js';
import { orRepeat } from './call-failure.js';
import type { ActivityDependencies } from './dependencies.js';
import { LIST_PAGE } from './find-endpoint.js';
import type { Provision } from './parse-input.js';

export interface PreflightInput {
  readonly provision: Pick<Provision, 'account' | 'request' | 'owner' | 'ifExists'>;
  readonly part: PreflightPart;
}

export interface PreflightOutcome {
  readonly checks: readonly PreflightCheck[];
  readonly attempts: readonly AttemptRecord[];
}

/**
 * Look at the cloud for one part of the checks that a dry run of the service does not make. Changes nothing.
 *
 * The verdicts are found here and not in the workflow, so that they are in its history: a later version may judge otherwise.
 * A call that fails is thrown, whatever the reason: the engine repeats it for as long as the report waits, and the workflow
 * takes the checks for unknown after that.
 */
export function createPreflight(deps: ActivityDependencies) {
  const random = deps.random ?? Math.random;
  return async function preflight({ provision, part }: PreflightInput): Promise<PreflightOutcome> {
    const { account, request } = provision;
    const api = deps.privateLink(account, request.RegionId);
    const memory = new ActivityMemory();
    return memory.whileBeating(async () => {
      const checks = await orRepeat(memory, random, () => LOOKS[part](api, provision, memory), request.RegionId);
      return { checks, attempts: memory.current.log };
    });
  };
}

type Look = (
  api: PrivateLinkApi,
  provision: PreflightInput['provision'],
  memory: ActivityMemory,
) => Promise<readonly PreflightCheck[]>;

const LOOKS: Readonly<Record<PreflightPart, Look>> = {
  service: async (api, { request }, memory) => {
    const { RegionId, ServiceId, ServiceName, ServiceRegionId } = request;
    const page = await api.listVpcEndpointServicesByEndUser({
      RegionId,
      MaxResults: LIST_PAGE,
      ...(ServiceId === undefined ? {} : { ServiceId }),
      ...(ServiceName === undefined ? {} : { ServiceName }),
      ...(ServiceRegionId === undefined ? {} : { ServiceRegionId }),
    });
    const { Services: services, RequestId: requestId, NextToken } = page;
    memory.record('ListVpcEndpointServicesByEndUser', `${services.length} found`, requestId);
    return serviceChecks(request, { services, complete: NextToken === undefined, requestId });
  },

  quota: async (api, { request }, memory) => {
    const { RegionId, VpcId } = request;
    const { TotalCount, RequestId } = await api.listVpcEndpoints({ RegionId, VpcId, MaxResults: 1 });
    memory.record('ListVpcEndpoints', `${TotalCount ?? 'none'} counted`, RequestId);
    return [endpointQuotaCheck(request, TotalCount, RequestId)];
  },

  existing: async (api, { account, request, owner, ifExists }, memory) => {
    const { RegionId, VpcId, EndpointName } = request;
    // The tags of the run that this dry run is about, not its own.
    const real = owner && { ...owner, workflowId: realWorkflowId(owner.workflowId, { account, RegionId }) };
    const own = real && (await wholeList(api, { RegionId, Tag: ownerTags(real) }, memory));
    const named =
      ifExists === 'adopt' && EndpointName !== undefined
        ? await wholeList(api, { RegionId, VpcId, EndpointName }, memory)
        : undefined;
    return [
      existingCheck(
        real?.workflowId ?? 'this workflow id',
        {
          ...(real === undefined || own === undefined ? {} : { byTags: readLookUp(request, real, own.listed) }),
          ...(named === undefined || EndpointName === undefined
            ? {}
            : { byName: readByName(request, EndpointName, real, named.listed) }),
          requestId: (named ?? own)?.requestId ?? '',
        },
        ifExists !== 'fail',
      ),
    ];
  },
};

/** One page is the whole list of what one workflow made, and of one name in one VPC. */
async function wholeList(api: PrivateLinkApi, filter: ListVpcEndpointsQuery, memory: ActivityMemory) {
  const action = 'ListVpcEndpoints';
  const page = await api.listVpcEndpoints({ ...filter, MaxResults: LIST_PAGE });
  memory.record(action, `${page.Endpoints.length} found`, page.RequestId);
  if (page.NextToken !== undefined) {
    const message = `More than ${LIST_PAGE} endpoints are listed where one was expected`;
    throw new PrivateLinkError({ action, code: 'MalformedResponse', message, requestId: page.RequestId });
  }
  return { listed: page.Endpoints, requestId: page.RequestId };
}
