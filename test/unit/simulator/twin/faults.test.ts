import { describe, expect, it } from 'vitest';
import { FaultPlan, parseFaultRules, type FaultRule } from '../../../../src/simulator/index.js';

const code = (name: string) => ({ kind: 'code', code: name }) as const;
const strikes = (plan: FaultPlan, calls: number, action = 'CreateVpcEndpoint', parameters = {}, accountId = '1') =>
  Array.from({ length: calls }, () => {
    const effect = plan.strike({ action, parameters, accountId })?.effect;
    return effect?.kind === 'code' ? effect.code : effect?.kind;
  });
const struckCalls = (plan: FaultPlan, calls: number) =>
  strikes(plan, calls).flatMap((struck, index) => (struck === undefined ? [] : [index + 1]));

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

  it('strikes only calls of the account of its rule', () => {
    const plan = new FaultPlan([{ action: '*', accountId: '2', effect: code('A') }]);
    expect(strikes(plan, 1)).toEqual([undefined]);
    expect(strikes(plan, 1, 'CreateVpcEndpoint', {}, '2')).toEqual(['A']);
  });

  it.each<[rule: Partial<FaultRule>, calls: readonly number[]]>([
    [{ everyNth: 3 }, [3, 6, 9]],
    [{ everyNth: 3, nth: 1 }, [1, 4, 7, 10]],
    [{ everyNth: 3, nth: 5 }, [5, 8]],
    [{ everyNth: 4, times: 1 }, [4]],
    [{ probability: 1 }, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]],
    [{ probability: 0 }, []],
    [{ probability: 1, nth: 3, times: 2 }, [3, 4]],
  ])('with %j strikes of ten calls %j', (rule, calls) => {
    expect(struckCalls(new FaultPlan([{ action: '*', effect: code('A'), ...rule }]), 10)).toEqual(calls);
  });

  describe('that strikes by chance', () => {
    const rule: FaultRule = { action: '*', probability: 0.3, effect: code('A') };
    const now = () => 0;

    it('repeats itself with the same seed, also when that is the default', () => {
      const struck = struckCalls(new FaultPlan([rule], now), 200);
      expect(struckCalls(new FaultPlan([rule], now), 200)).toEqual(struck);
      expect(struckCalls(new FaultPlan([rule], now, 7), 200)).not.toEqual(struck);
      expect(struckCalls(new FaultPlan([rule], now, 7), 200)).toEqual(struckCalls(new FaultPlan([rule], now, 7), 200));
    });

    it('strikes about as often as it should, whatever the seed', () => {
      for (const seed of [1, 2, 3, -5, 2 ** 40]) {
        const share = struckCalls(new FaultPlan([rule], now, seed), 10_000).length / 10_000;
        expect(share).toBeGreaterThan(0.28);
        expect(share).toBeLessThan(0.32);
      }
    });

    it('is not disturbed by the rules around it, nor does it do what they do', () => {
      const alone = struckCalls(new FaultPlan([{ action: 'none', effect: code('B') }, rule], now), 50);
      const first: FaultRule = { action: '*', probability: 0.3, effect: code('B') };
      const both = strikes(new FaultPlan([first, rule], now), 50);
      const free = both.flatMap((struck, index) => (struck === 'B' ? [] : [index + 1]));
      expect(both.flatMap((struck, index) => (struck === 'A' ? [index + 1] : []))).toEqual(
        alone.filter((call) => free.includes(call)),
      );
      expect(both).toContain('A');
      expect(both).toContain('B');
    });
  });

  it('names its rules, finds them by their names and forgets single ones', () => {
    const plan = new FaultPlan([
      { action: 'a', effect: code('A') },
      { id: 'mine', action: 'b', effect: code('B') },
    ]);
    plan.add({ action: 'c', times: 2, effect: code('C') });
    expect(plan.strike({ action: 'c', parameters: {} })?.id).toBe('fault-3');
    expect(plan.list().map(({ id, matched, struck }) => [id, matched, struck])).toEqual([
      ['fault-1', 0, 0],
      ['mine', 0, 0],
      ['fault-3', 1, 1],
    ]);
    expect(plan.find('mine')).toEqual({ id: 'mine', action: 'b', effect: code('B'), matched: 0, struck: 0 });
    expect(plan.remove('mine')).toBe(true);
    expect(plan.remove('mine')).toBe(false);
    expect(plan.find('mine')).toBeUndefined();
    expect(strikes(plan, 1, 'b')).toEqual([undefined]);
  });

  it('takes no two rules of one name, and gives none away that is taken', () => {
    const plan = new FaultPlan([{ id: 'fault-2', action: 'a', effect: code('A') }]);
    plan.add({ action: 'b', effect: code('B') });
    expect(new Set(plan.list().map(({ id }) => id)).size).toBe(2);
    const twice = [1, 2].map(() => ({ id: 'x', action: 'c', effect: code('C') }));
    expect(() => plan.add(...twice)).toThrow('x');
    expect(() => plan.add({ id: 'fault-2', action: 'c', effect: code('C') })).toThrow('fault-2');
    expect(plan.list()).toHaveLength(2);
  });

  it('starts anew as if it were just made', () => {
    const rules: FaultRule[] = [{ action: '*', probability: 0.5, effect: code('A') }];
    const plan = new FaultPlan(rules);
    const struck = struckCalls(plan, 30);
    plan.add({ action: 'x', effect: code('X') });
    plan.restart(rules);
    expect(plan.list()).toEqual([{ ...rules[0], id: 'fault-1', matched: 0, struck: 0 }]);
    expect(struckCalls(plan, 30)).toEqual(struck);
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
    { kind: 'throttle', code: 'Throttling.Api', status: 429 },
    { kind: 'errorBefore', status: 504, body: 'empty' },
    { kind: 'cutBody' },
    { kind: 'cutBody', afterBytes: 0 },
    { kind: 'slowBody', ms: 100 },
    { kind: 'stuckCreating' },
    { kind: 'staleList', ms: 5_000 },
    { kind: 'advanceMs', ms: 86_400_000 },
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
      id: 'storm.1',
      action: 'CreateVpcEndpoint',
      accountId: '1',
      everyNth: 3,
      probability: 0.5,
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
    [{ action: '*', effect: { kind: 'code', code: 'A', headers: { 'a b': 'c' } } }, 'headers'],
    [{ action: '*', effect: { kind: 'code', code: 'A', headers: { a: 'c\r\nd: e' } } }, 'headers'],
    [{ action: '*', effect: { kind: 'code', code: 'A', headers: { 'Content-Length': '1' } } }, 'headers'],
    [{ action: '*', effect: { kind: 'errorAfter', status: 99 } }, 'status'],
    [{ action: '*', effect: { kind: 'errorBefore', status: 204, body: 'empty' } }, 'carry no body'],
    [{ action: '*', effect: { kind: 'errorAfter', status: 205 } }, 'carry no body'],
    [{ action: '*', effect: { kind: 'code', code: 'A', status: 304 } }, 'carry no body'],
    [{ action: '*', effect: { kind: 'errorBefore' } }, 'fault.effect.status'],
    [{ action: '*', effect: { kind: 'errorBefore', status: 500, body: 'xml' } }, 'fault.effect.body'],
    [{ action: '*', effect: { kind: 'throttle', status: 1_000 } }, 'status'],
    [{ action: '*', effect: { kind: 'throttle', timeLeftMs: 1.5 } }, 'timeLeftMs'],
    [{ action: '*', effect: { kind: 'throttle', code: 'SystemBusy' } }, 'code'],
    [{ action: '*', effect: { kind: 'cutBody', afterBytes: 1.5 } }, 'afterBytes'],
    [{ action: '*', effect: { kind: 'slowBody' } }, 'ms'],
    [{ action: '*', effect: { kind: 'staleList', ms: NaN } }, 'ms'],
    [{ action: '*', effect: { kind: 'advanceMs', ms: 1e15 } }, 'ms'],
    [{ action: '*', id: 'a b', effect: { kind: 'vanish' } }, 'id'],
    [{ action: '*', accountId: 7, effect: { kind: 'vanish' } }, 'accountId'],
    [{ action: '*', everyNth: 0, effect: { kind: 'vanish' } }, 'everyNth'],
    [{ action: '*', probability: 1.1, effect: { kind: 'vanish' } }, 'probability'],
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

  it('name the path of what is wrong, and never quote it', () => {
    const rules = [
      { action: '*', effect: { kind: 'vanish' } },
      { action: '*', effect: { kind: 'delayMs', ms: 'hush' } },
    ];
    expect(() => parseFaultRules(rules)).toThrow(
      new TypeError('faults[1].effect.ms: expected a number from 0 to 2147483647'),
    );
    expect(() => parseFaultRules({ action: '*', effect: {} })).toThrow(/^fault\.effect\.kind: expected one of code, /);
  });
});
