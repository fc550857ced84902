import { describe, expect, it } from 'vitest';
import { nearestName } from '../../../src/model/nearest-name.js';
import { REQUEST_FIELDS } from '../../../src/model/request.js';

describe('the known name that a mistyped one most likely meant', () => {
  it.each([
    { typed: 'vpcid', meant: 'VpcId', reason: 'another case' },
    { typed: 'VPCID', meant: 'VpcId', reason: 'another case' },
    { typed: 'VpcID', meant: 'VpcId', reason: 'another case' },
    { typed: 'SecurityGroupIds', meant: 'SecurityGroupId', reason: 'a plural' },
    { typed: 'Zones', meant: 'Zone', reason: 'a plural' },
    { typed: 'Tags', meant: 'Tag', reason: 'a plural' },
    { typed: 'RegoinId', meant: 'RegionId', reason: 'letters swapped' },
    { typed: 'EndpiontName', meant: 'EndpointName', reason: 'letters swapped' },
    { typed: 'Description', meant: undefined, reason: 'more is missing than a slip leaves out' },
    { typed: 'dry_run', meant: 'DryRun', reason: 'snake case' },
    { typed: 'Foo', meant: undefined, reason: 'nothing is near' },
    { typed: '', meant: undefined, reason: 'nothing was typed' },
    { typed: 'x', meant: undefined, reason: 'one letter is near to nothing' },
    { typed: 'ab', meant: undefined, reason: 'two letters that share none with a name' },
    { typed: 'y'.repeat(40), meant: undefined, reason: 'long, and nothing in common' },
  ])('"$typed" -> $meant: $reason', ({ typed, meant }) => {
    expect(nearestName(typed, REQUEST_FIELDS)).toBe(meant);
  });

  it('is the nearest of several', () => {
    expect(nearestName('timeout', ['timeouts', 'timeset', 'retry'])).toBe('timeouts');
    expect(nearestName('ip6', ['ip', 'Ipv6Address'])).toBe('ip');
  });

  it('is nothing where no name is known', () => {
    expect(nearestName('anything', [])).toBeUndefined();
  });

  it('does not measure a name of megabytes letter by letter', () => {
    expect(nearestName('x'.repeat(3_000_000), REQUEST_FIELDS)).toBeUndefined();
  }, 1_000);
});
