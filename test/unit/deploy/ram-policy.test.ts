import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { deniedCall } from '../../../src/model/ram-statement.js';
import type { PrivateLinkApi } from '../../../src/privatelink/port.js';
import { privateLinkApiOver } from '../../../src/privatelink/private-link-api-over.js';

interface Statement {
  readonly Effect: string;
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

const policyOf = (file: string) =>
  JSON.parse(readFileSync(new URL(`../../../deploy/${file}`, import.meta.url), 'utf8')) as {
    Version: string;
    Statement: readonly Statement[];
  };
const POLICY = policyOf('ram-policy.json');
/** For the account of `accept`. */
const OWNER_POLICY = policyOf('ram-policy-service-owner.json');
const actionsOf = ({ Statement }: typeof POLICY) => Statement.flatMap(({ Action }) => Action).toSorted();

/** The actions that the adapter can call at all: every method of it, asked. */
async function actionsOfTheAdapter(): Promise<string[]> {
  const actions = new Set<string>();
  const api = privateLinkApiOver(async (action) => {
    actions.add(`privatelink:${action}`);
    return {};
  });
  const given = { RegionId: 'cn-a', EndpointId: 'ep-1', ZoneId: 'z-1' };
  for (const method of Object.keys(api) as (keyof PrivateLinkApi)[]) {
    await (api[method] as (parameters: object) => Promise<unknown>)(given).catch(() => undefined);
  }
  return [...actions].sort();
}

describe('the RAM policies under deploy/', () => {
  it('allow every action that the adapter can call, and none besides', async () => {
    const called = await actionsOfTheAdapter();
    expect(called.length).toBeGreaterThan(4);
    const owners = called.filter((action) => action.includes('VpcEndpointConnection'));
    expect(actionsOf(OWNER_POLICY)).toEqual(owners);
    expect(actionsOf(POLICY)).toEqual(called.filter((action) => !owners.includes(action)));
    const statements = [...POLICY.Statement, ...OWNER_POLICY.Statement];
    expect(statements.every(({ Effect }) => Effect === 'Allow')).toBe(true);
  });

  it('allow CreateVpcEndpoint on the four resources, and under the condition key, of the API page', () => {
    const create = POLICY.Statement.find(({ Action }) => Action.includes('privatelink:CreateVpcEndpoint'));
    expect(create?.Resource).toEqual([
      'acs:privatelink:*:*:vpcendpoint/*',
      'acs:ecs:*:*:securitygroup/*',
      'acs:vpc:*:*:vswitch/*',
      'acs:vpc:*:*:vpc/*',
    ]);
    expect(create?.Condition).toEqual({ StringLike: { 'privatelink:VpcEndpointServiceId': ['*'] } });
  });

  it('name resources as the statement does that a denied run hands out', () => {
    const statement = deniedCall({ action: 'CreateVpcEndpoint', code: 'NoPermission' }, { RegionId: '*' })?.statement;
    const create = POLICY.Statement.find(({ Action }) => Action.includes('privatelink:CreateVpcEndpoint'));
    expect(statement?.Resource).toEqual(create?.Resource);
  });
});
