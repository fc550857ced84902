import { toWireParameters } from './parameters.js';
import type { JsonObject } from './plain-json.js';
import { PrivateLinkError, type CallParameters, type EndpointRef, type PrivateLinkApi } from './port.js';
import { malformedAnswer } from './read-answer.js';
import {
  readAccepted,
  readConnection,
  readCreated,
  readListPage,
  readServicesPage,
  readVpcEndpoint,
  readZones,
} from './read-endpoint.js';

/**
 * Send one call and return the body of its success.
 *
 * @throws PrivateLinkError - Everything else, as `readAnswer` and `noAnswer` build it.
 */
export type SendCall = (action: string, parameters: CallParameters) => Promise<JsonObject>;

/** An endpoint has at most 10 zones; more pages than this mean a service that repeats itself. */
const MAX_ZONE_PAGES = 50;

/** Codes with which a read of an endpoint says that there is nothing (yet). */
const ABSENT_ON_GET = ['EndpointNotFound', 'EndpointConnectionNotFound'] as const;

/**
 * Build the API over any way to send one call: HTTP, or a twin in this process.
 *
 * Here is what all ways share: names of actions, the shapes of answers, absence as a value, and paging of zones.
 */
export function privateLinkApiOver(send: SendCall): PrivateLinkApi {
  return {
    async createVpcEndpoint(parameters) {
      return readCreated(await send('CreateVpcEndpoint', parameters));
    },

    async getVpcEndpointAttribute(ref) {
      try {
        return readVpcEndpoint(await send('GetVpcEndpointAttribute', refParameters(ref)));
      } catch (error) {
        const absentCode = ABSENT_ON_GET.find((code) => hasCode(error, code));
        if (absentCode === undefined) throw error;
        return { RequestId: requestIdOfError(error), endpoint: undefined, absentCode };
      }
    },

    async listVpcEndpoints(query) {
      return readListPage(await send('ListVpcEndpoints', toWireParameters(query, {}, 'ListVpcEndpoints')));
    },

    async listVpcEndpointServicesByEndUser(query) {
      const action = 'ListVpcEndpointServicesByEndUser';
      return readServicesPage(await send(action, toWireParameters(query, {}, action)));
    },

    async listVpcEndpointZones(ref) {
      const action = 'ListVpcEndpointZones';
      const zones = [];
      const tokens = new Set<string>();
      let parameters = refParameters(ref);
      try {
        while (tokens.size < MAX_ZONE_PAGES) {
          const page = readZones(await send(action, parameters));
          zones.push(...page.zones);
          if (page.NextToken === undefined) return { RequestId: page.RequestId, zones };
          if (tokens.has(page.NextToken)) break;
          tokens.add(page.NextToken);
          parameters = { ...refParameters(ref), NextToken: page.NextToken };
        }
      } catch (error) {
        if (!hasCode(error, 'EndpointNotFound')) throw error;
        return { RequestId: requestIdOfError(error), zones: undefined };
      }
      throw malformedAnswer(action, 'The pages do not end');
    },

    async deleteVpcEndpoint({ RegionId, EndpointId, ClientToken }) {
      return removal('DeleteVpcEndpoint', { RegionId, EndpointId, ClientToken }, ['EndpointNotFound']);
    },

    async removeZoneFromVpcEndpoint({ RegionId, EndpointId, ZoneId, ClientToken }) {
      const fields = { RegionId, EndpointId, ZoneId, ClientToken };
      return removal('RemoveZoneFromVpcEndpoint', fields, ['EndpointZoneNotFound', 'EndpointNotFound']);
    },

    async enableVpcEndpointConnection({ RegionId, ServiceId, EndpointId }) {
      const action = 'EnableVpcEndpointConnection';
      return readAccepted(await send(action, { RegionId, ServiceId, EndpointId }), action);
    },

    async getVpcEndpointConnection({ RegionId, ServiceId, EndpointId }) {
      return readConnection(await send('ListVpcEndpointConnections', { RegionId, ServiceId, EndpointId }), EndpointId);
    },
  };

  /** @param goneCodes - Codes that say that there is nothing to remove any more. */
  async function removal(action: string, fields: object, goneCodes: readonly string[]): Promise<{ RequestId: string }> {
    try {
      return readAccepted(await send(action, toWireParameters(fields, {}, action)), action);
    } catch (error) {
      if (!goneCodes.some((code) => hasCode(error, code))) throw error;
      return { RequestId: requestIdOfError(error) };
    }
  }
}

function refParameters({ RegionId, EndpointId }: EndpointRef): CallParameters {
  return { RegionId, EndpointId };
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof PrivateLinkError && error.code === code;
}

function requestIdOfError(error: unknown): string {
  return (error instanceof PrivateLinkError ? error.requestId : undefined) ?? '';
}
