import { describe, expect, it } from 'vitest';
import { parseScenario, parseSettingsChange, parseWorld, ScenarioError } from '../../../../src/simulator/index.js';
import { createTwin, REGION, VALID_CREATE } from '../fixture.js';
import { EVERY_EFFECT } from './every-effect.js';

const ACCOUNT = { accessKeyId: 'id', accessKeySecret: 'hush', accountId: '2' };

function problemsOf(value: unknown): readonly string[] {
  try {
    parseScenario(value);
  } catch (error) {
    if (error instanceof ScenarioError) return error.problems;
    throw error;
  }
  return [];
}

describe('a scenario', () => {
  it('may be empty', () => {
    expect(parseScenario({})).toEqual({});
  });

  it('has world, settings, faults, accounts and seed', () => {
    const world = { vpcs: [{ VpcId: 'vpc-1' }] };
    const settings = { deleteMs: 1, switches: { rememberRefusals: false } };
    const faults = [{ action: '*', probability: 0.1, effect: { kind: 'resetBefore' } }];
    const accounts = [{ ...ACCOUNT, securityToken: 't', expiresAt: '2030-01-01T00:00:00Z', inactive: false, arn: 'a' }];
    expect(parseScenario({ world, settings, faults, accounts, seed: 7 })).toEqual({
      settings: { ...parseSettingsChange(settings), world: parseWorld(world) },
      faults,
      accounts,
      seed: 7,
    });
  });

  it.each<[value: unknown, problems: readonly (string | RegExp)[]]>([
    [null, ['scenario: expected an object']],
    [[], ['scenario: expected an object']],
    [{ fault: [] }, ['scenario: has no fault; it has world, settings, faults, accounts, seed']],
    [{ settings: { speed: 1 } }, [/^settings: .*speed/]],
    [{ settings: { switches: { magic: true } } }, [/^settings: .*magic/]],
    [{ world: { planets: [] } }, [/^world.*planets/]],
    [{ world: {}, settings: { world: {} } }, [/^settings\.world: /]],
    [{ faults: {} }, ['faults: expected a list']],
    [{ faults: [{ action: '*' }] }, ['faults[0].effect: is missing; expected an object']],
    [
      { faults: [{ action: '*', effect: { kind: 'delayMs' } }] },
      ['faults[0].effect.ms: is missing; expected a number from 0 to 2147483647'],
    ],
    [
      { faults: [1, 2].map(() => ({ id: 'x', action: '*', effect: { kind: 'vanish' } })) },
      ['faults[1].id: is that of another item'],
    ],
    [{ accounts: 7 }, ['accounts: expected a list']],
    [
      { accounts: [{ ...ACCOUNT, accessKeySecret: '' }] },
      ['accounts[0].accessKeySecret: expected a text that is not empty'],
    ],
    [{ accounts: [{ ...ACCOUNT, accountId: 2 }] }, [/^accounts\[0\]\.accountId: .*quotes/]],
    [{ accounts: [{ ...ACCOUNT, accountId: 'me' }] }, [/^accounts\[0\]\.accountId: .*16 digits/]],
    [{ accounts: [{ ...ACCOUNT, accountId: '12345678901234567' }] }, [/^accounts\[0\]\.accountId: .*16 digits/]],
    [{ accounts: [{ ...ACCOUNT, expiresAt: 'soon' }] }, [/^accounts\[0\]\.expiresAt: /]],
    [{ accounts: [{ ...ACCOUNT, user: 'x' }] }, [/^accounts\[0\]: has no field user/]],
    [{ accounts: [ACCOUNT, ACCOUNT] }, ['accounts[1].accessKeyId: is that of another item']],
    [{ seed: 'x' }, ['seed: expected a whole number']],
    [{ seed: 1.5 }, ['seed: expected a whole number']],
    [{ seed: 1.5, faults: 1, colour: 'red' }, [/^seed/, /^faults/, /colour/]],
  ])('refuses %j', (value, problems) => {
    const found = problemsOf(value);
    expect(found).toHaveLength(problems.length);
    found.forEach((problem, index) => expect(problem).toMatch(problems[index] ?? ''));
  });

  it('never quotes a secret', () => {
    const wrong = { ...ACCOUNT, accessKeySecret: ['hush'], securityToken: { hush: 1 } };
    const problems = problemsOf({ accounts: [ACCOUNT, { ...ACCOUNT }, wrong], seed: 'hush' });
    expect(problems.length).toBeGreaterThan(2);
    expect(problems.join('\n')).not.toContain('hush');
  });

  it.each(Object.values(EVERY_EFFECT))('can make $action meet $effect.kind', async ({ action, effect }) => {
    const text = JSON.stringify({ faults: [{ id: 'it', action, accountId: '1000000000000001', effect }] });
    const twin = createTwin(parseScenario(JSON.parse(text)));
    const answer = twin.call(action, action === 'CreateVpcEndpoint' ? VALID_CREATE : { RegionId: REGION });
    twin.sleeps[0]?.pass();
    await answer;
    expect(twin.journal.requests[0]).toMatchObject({ action, fault: effect.kind, faultId: 'it' });
    expect(twin.faults.list()).toEqual([]);
  });
});
