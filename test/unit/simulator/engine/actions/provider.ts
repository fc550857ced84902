import { expect } from 'vitest';
import { ACTIONS } from '../../../../../src/simulator/engine/action-shapes.js';
import type { EngineAnswer } from '../../../../../src/simulator/engine/engine.js';
import { DEFAULT_WORLD, type SettingsChange, type WireParameters } from '../../../../../src/simulator/index.js';
import { deviations } from '../../../../support/answer-shape.js';
import { createEngine, REGION, VALID_CREATE } from '../../fixture.js';

export const PROVIDER = '2000000000000001';
export const CONSUMER = '2000000000000002';
export const ZONE_A = `${REGION}-a`;
export const ZONE_B = `${REGION}-b`;
/** Longer than anything takes. */
const LONG_MS = 60_000;

/** Codes that any action may give: of the gateway, and those for parameters that no page gives a code of its own. */
const COMMON_CODE =
  /^(ConcurrentCallNotSupported|DryRunOperation|NeedOpenProduct|Idempotence\w+|InvalidParameter\..+|Missing[A-Z][A-Za-z]+)$/;

/** The services of the default world that belong to nobody are the provider's here. */
const WORLD = {
  ...DEFAULT_WORLD,
  services: DEFAULT_WORLD.services.map((service) => ({ accountId: PROVIDER, ...service })),
};

/**
 * An engine as a provider and a consumer see it.
 *
 * Every answer is checked: a refusal by the codes and statuses that the table has for the action, a success by its shape.
 */
export function createMarket(settings: SettingsChange = {}) {
  const bench = createEngine({ timeToActive: { afterMs: 0 }, world: WORLD, ...settings });
  const call = (action: string, parameters: WireParameters = {}, accountId = PROVIDER): EngineAnswer => {
    const answer = bench.call(action, parameters, accountId);
    checkAgainstTable(action, answer);
    return answer;
  };
  const settle = (ms = LONG_MS) => (bench.clock.nowMs += ms);
  /** A call that must succeed, and time for everything it began. */
  const done = (action: string, parameters: WireParameters = {}, accountId = PROVIDER) => {
    const { status, body } = call(action, parameters, accountId);
    expect(body).not.toHaveProperty('Code');
    expect(status).toBe(200);
    settle();
    return body as Readonly<Record<string, unknown>>;
  };
  const code = (action: string, parameters: WireParameters = {}, accountId = PROVIDER) =>
    call(action, parameters, accountId).body.Code;
  /** A service of the provider with one resource in each of two zones, which the consumer may use. */
  const makeService = (parameters: WireParameters = {}): string => {
    const { ServiceId } = done('CreateVpcEndpointService', { ...TWO_RESOURCES, ...parameters });
    done('AddUserToVpcEndpointService', { ServiceId: String(ServiceId), UserId: CONSUMER });
    return String(ServiceId);
  };
  /** An endpoint of the consumer in the first zone. */
  const makeEndpoint = (ServiceId: string, parameters: WireParameters = {}): string =>
    String(done('CreateVpcEndpoint', { ...ENDPOINT, ServiceId, ...parameters }, CONSUMER)['EndpointId']);
  const attribute = (ServiceId: string) => call('GetVpcEndpointServiceAttribute', { ServiceId }).body;
  const connection = (EndpointId: string): Connection => {
    const { Connections } = call('ListVpcEndpointConnections', { EndpointId }).body as unknown as {
      Connections: [Connection];
    };
    return Connections[0];
  };
  return { ...bench, call, done, code, settle, makeService, makeEndpoint, attribute, connection };
}

/** One item of ListVpcEndpointConnections. */
export interface Connection {
  readonly EndpointId: string;
  readonly ConnectionStatus: string;
  readonly Bandwidth: number;
  readonly Zones: readonly [ConnectionZone, ...ConnectionZone[]];
  readonly [field: string]: unknown;
}

export interface ConnectionZone {
  readonly ZoneId: string;
  readonly ZoneStatus: string;
  readonly EniId: string;
  readonly ResourceId?: string;
  readonly ReplacedEniId?: string;
  readonly ReplacedResourceId?: string;
}

export const TWO_RESOURCES: WireParameters = {
  'Resource.1.ResourceType': 'slb',
  'Resource.1.ResourceId': 'lb-1',
  'Resource.1.ZoneId': ZONE_A,
  'Resource.2.ResourceType': 'slb',
  'Resource.2.ResourceId': 'lb-2',
  'Resource.2.ZoneId': ZONE_B,
};

/** Resource of a CreateVpcEndpointService. */
export const oneResource = (type: string, id: string, ZoneId = ZONE_A): WireParameters => ({
  'Resource.1.ResourceType': type,
  'Resource.1.ResourceId': id,
  'Resource.1.ZoneId': ZoneId,
});

const ENDPOINT: WireParameters = { ...VALID_CREATE, 'Zone.1.ZoneId': ZONE_A };

function checkAgainstTable(action: string, { status, body }: EngineAnswer): void {
  const definition = ACTIONS.get(action);
  if (definition === undefined) throw new Error(`There is no ${action}`);
  if (body.Code === undefined) {
    expect(deviations(body, definition.answer)).toEqual([]);
    expect(status).toBe(200);
    return;
  }
  const expected = COMMON_CODE.test(body.Code) ? 400 : definition.errors.get(body.Code);
  expect({ code: body.Code, status }).toEqual({ code: body.Code, status: expected });
  expect(body['Message']).not.toMatch(/%s/);
}
