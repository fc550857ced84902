import { describe, expect, it } from 'vitest';
import { FaultPlan, parseFaultRules, type FaultRule } from '../../../src/simulator/index.js';

const code = (name: string) => ({ kind: 'code', code: name }) as const;
const strikes = (plan: FaultPlan, calls: number, action = 'CreateVpcEndpoint', parameters = {}) =>
  Array.from({ length: calls }, () => {
    const effect = plan.next(action, parameters);
    return effect?.kind === 'code' ? effect.code : effect?.kind;
  });

describe('a fault plan', () => {
  const plans: [rule: string, rules: FaultRule[], struck: (string | undefined)[]][] = [
    ['strikes once', [{ action: 'CreateVpcEndpoint', effect: code('A') }], ['A', undefined]],
    ['strikes any action', [{ action: '*', effect: code('A') }], ['A', undefined]],
    ['leaves other actions alone', [{ action: 'DeleteVpcEndpoint', effect: code('A') }], [undefined]],
    ['strikes so many times', [{ action: '*', times: 2, effect: code('A') }], ['A', 'A', undefined]],
    ['strikes the nth call', [{ action: '*', nth: 3, effect: code('A') }], [undefined, undefined, 'A', undefined]],
    [
      'strikes from the nth call on',
      [{ action: '*', nth: 2, times: 2, effect: code('A') }],
      [undefined, 'A', 'A', undefined],
    ],
    [
      'takes its rules in order, one a call',
      [
        { action: '*', effect: code('A') },
        { action: '*', effect: code('B') },
      ],
      ['A', 'B', undefined],
    ],
    [
      'keeps what is due while an earlier rule strikes',
      [
        { action: '*', times: 2, effect: code('A') },
        { action: '*', nth: 2, effect: code('B') },
      ],
      ['A', 'A', 'B', undefined],
    ],
    ['can strike always', [{ action: '*', times: 'always', effect: code('A') }], ['A', 'A', 'A', 'A', 'A']],
  ];
  it.each(plans)('%s', (_, rules, struck) => {
    expect(strikes(new FaultPlan(rules), struck.length)).toEqual(struck);
  });

  it('strikes only calls with the parameters of its rule', () => {
    const plan = new FaultPlan([{ action: '*', parameters: { VpcId: 'vpc-2' }, effect: code('A') }]);
    expect(strikes(plan, 1, 'CreateVpcEndpoint', { VpcId: 'vpc-1' })).toEqual([undefined]);
    expect(strikes(plan, 1, 'CreateVpcEndpoint', { VpcId: 'vpc-2', RegionId: 'r' })).toEqual(['A']);
  });

  it('says what is still to come, and forgets it when told to', () => {
    const rule: FaultRule = { action: '*', times: 2, effect: { kind: 'loseResponse' } };
    const plan = new FaultPlan([rule]);
    strikes(plan, 1);
    expect(plan.pending).toEqual([rule]);
    strikes(plan, 1);
    expect(plan.pending).toEqual([]);
    plan.add(rule);
    plan.clear();
    expect(strikes(plan, 1)).toEqual([undefined]);
  });
});

describe('fault rules from JSON', () => {
  const effects: FaultRule['effect'][] = [
    { kind: 'code', code: 'SystemBusy', message: 'busy', status: 400, headers: { 'x-a': 'b' } },
    { kind: 'loseResponse' },
    { kind: 'resetBefore' },
    { kind: 'delayMs', ms: 5 },
    { kind: 'delayBeforeMs', ms: 0 },
    { kind: 'errorAfter', status: 502, body: 'html' },
    { kind: 'throttle', timeLeftMs: 100 },
    { kind: 'throttle' },
    { kind: 'duplicate' },
    { kind: 'duplicate', answer: 'second' },
    { kind: 'duplicateLater', calls: 1 },
    { kind: 'executeLater', calls: 3 },
    { kind: 'forgetTokens' },
    { kind: 'vanish' },
    { kind: 'flap', EndpointStatus: 'Creating', EndpointBusinessStatus: 'Normal', ConnectionStatus: 'Pending' },
  ];
  it.each(effects)('take the effect %j', (effect) => {
    const rule = {
      action: 'CreateVpcEndpoint',
      nth: 2,
      times: 'always',
      forMs: 1_000,
      parameters: { VpcId: 'v' },
      effect,
    };
    expect(parseFaultRules(rule)).toEqual([rule]);
    expect(parseFaultRules([rule, rule])).toHaveLength(2);
  });

  const malformed: [value: unknown, named: string][] = [
    [null, 'fault'],
    [7, 'fault'],
    [{ effect: { kind: 'loseResponse' } }, 'action'],
    [{ action: '*' }, 'effect'],
    [{ action: '*', effect: {} }, 'kind'],
    [{ action: '*', effect: { kind: 'constructor' } }, 'kind'],
    [{ action: '*', effect: { kind: 'delayMs' } }, 'ms'],
    [{ action: '*', effect: { kind: 'delayMs', ms: -1 } }, 'ms'],
    [{ action: '*', effect: { kind: 'code', code: 'A', status: 99 } }, 'status'],
    [{ action: '*', effect: { kind: 'code', code: 'A', delay: 1 } }, 'delay'],
    [{ action: '*', effect: { kind: 'errorAfter', status: 504 } }, 'status'],
    [{ action: '*', nth: 0, effect: { kind: 'loseResponse' } }, 'nth'],
    [{ action: '*', times: 'often', effect: { kind: 'loseResponse' } }, 'times'],
    [{ action: '*', forMs: 0, effect: { kind: 'loseResponse' } }, 'forMs'],
    [{ action: '*', effect: { kind: 'duplicate', answer: 'both' } }, 'answer'],
    [{ action: '*', effect: { kind: 'duplicateLater' } }, 'calls'],
    [{ action: '*', effect: { kind: 'executeLater', calls: 0 } }, 'calls'],
    [{ action: '*', effect: { kind: 'forgetTokens', calls: 1 } }, 'calls'],
    [{ action: '*', effect: { kind: 'flap', EndpointStatus: '' } }, 'EndpointStatus'],
    [{ action: '*', effect: { kind: 'flap', Bandwidth: '1' } }, 'Bandwidth'],
    [{ action: '*', parameters: { a: 1 }, effect: { kind: 'loseResponse' } }, 'parameters'],
    [{ action: '*', when: 1, effect: { kind: 'loseResponse' } }, 'when'],
  ];
  it.each(malformed)('refuse %j and name %s', (value, named) => {
    expect(() => parseFaultRules(value)).toThrow(named);
  });
});
