import { describe, expect, it } from 'vitest';
import {
  DEPROVISION_DEFAULTS,
  DEPROVISION_FIELDS,
  vpcEndpointDeprovisionedSignal,
  type DeprovisionInput,
} from '../../../src/contract/deprovision.js';
import { durationProblem } from '../../../src/model/duration.js';
import { checkDeprovisionInput } from '../../../src/schema/deprovision-input.js';

const LEAST = { RegionId: 'cn-huhehaote', EndpointId: 'ep-hp33b2e43fays7s8' };

const FULL: Required<DeprovisionInput> = {
  ...LEAST,
  account: 'team-a',
  ownership: 'any',
  timeouts: { deleted: '2h' },
  notify: [{ workflowId: 'order-17', signal: 'gone' }, { workflowId: 'order-18' }],
};

const problemsOf = (raw: unknown) => {
  const checked = checkDeprovisionInput(raw);
  return checked.ok ? [] : checked.problems.map(({ path, message }) => `${path}: ${message}`);
};

describe('the input of a removal', () => {
  it.each([{ input: LEAST }, { input: FULL }])('is taken as it is: $input', ({ input }) => {
    expect(checkDeprovisionInput(input)).toEqual({ ok: true, input });
  });

  it('has a list of its fields, and defaults that it would accept itself', () => {
    expect([...DEPROVISION_FIELDS].sort()).toEqual(Object.keys(FULL).sort());
    const { account, ownership, timeouts, signal } = DEPROVISION_DEFAULTS;
    expect(problemsOf({ ...LEAST, account, ownership, timeouts })).toEqual([]);
    expect(durationProblem(timeouts.deleted)).toBeUndefined();
    expect(signal).toBe(vpcEndpointDeprovisionedSignal.name);
  });

  it.each([
    { raw: undefined, got: 'nothing' },
    { raw: null, got: 'null' },
    { raw: [LEAST], got: 'a list' },
    { raw: 'ep-1', got: 'a string' },
  ])('must be an object, and not $got', ({ raw, got }) => {
    expect(problemsOf(raw)).toEqual([
      `: expected one JSON object {"RegionId": "...", "EndpointId": "..."}, got ${got}`,
    ]);
  });

  it('lists all problems at once, with the nearest names of keys that are not known', () => {
    const raw = {
      EndpointID: 'ep-1',
      RegionId: 'Huhehaote',
      account: 'a/b',
      ownership: 'mine',
      timeouts: { delete: '1h', deleted: '9999d' },
      notify: [{ workflowId: '', signl: 'x' }],
    };
    expect(problemsOf(raw).sort()).toEqual([
      'EndpointID: is not known; did you mean "EndpointId"?',
      'EndpointId: is missing',
      'RegionId: expected a region id such as "cn-hangzhou"',
      'account: expected 1 to 64 letters, digits, ".", "_" or "-", a letter or digit first',
      'notify[0].signl: is not known; did you mean "signal"?',
      'notify[0].workflowId: expected 1 to 1000 characters',
      'ownership: expected one of "own", "any"',
      'timeouts.delete: is not known; did you mean "deleted"?',
      'timeouts.deleted: is longer than the longest accepted duration, 3650d',
    ]);
  });

  it.each(['vpc-1', 'epsrv-1', 'EP-1', 'ep-', 'ep-1/../2', 'ep-1 ', `ep-${'x'.repeat(62)}`, 7])(
    'takes no other id for that of an endpoint: %s',
    (EndpointId) => {
      const [problem, ...others] = problemsOf({ ...LEAST, EndpointId });
      expect(problem).toMatch(/^EndpointId: expected/);
      expect(others).toEqual([]);
    },
  );

  it('never repeats a value, because a field that was mixed up may hold a secret', () => {
    const secret = 'LTAI-very-secret';
    const raw = { RegionId: secret, EndpointId: secret, account: `${secret}/`, timeouts: { deleted: secret } };
    expect(problemsOf(raw)).toHaveLength(4);
    expect(problemsOf(raw).join()).not.toContain(secret);
  });
});
