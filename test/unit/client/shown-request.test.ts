import { describe, expect, it } from 'vitest';
import { shownRemoval, shownRequest } from '../../../src/client/shown-request.js';

describe('what is shown of a request', () => {
  it('are ids and switches; of free texts and unknown parameters only the names', () => {
    const request = {
      RegionId: 'cn-a',
      Zone: [{ ZoneId: 'z-1', VSwitchId: 'vsw-1' }],
      ProtectedEnabled: true,
      CrossRegionBandwidth: 200,
      EndpointDescription: 'text',
      PolicyDocument: '{}',
      Tag: [{ Key: 'a', Value: 'b' }],
      AccessKeySecret: 'x',
    };
    expect(shownRequest({ request, extraParameters: { Newer: 'y' } }, true)).toEqual({
      shown: {
        RegionId: 'cn-a',
        Zone: [{ ZoneId: 'z-1', VSwitchId: 'vsw-1' }],
        ProtectedEnabled: true,
        CrossRegionBandwidth: 200,
      },
      withheld: ['EndpointDescription', 'PolicyDocument', 'Tag', 'AccessKeySecret', 'extraParameters.Newer'],
    });
  });

  it('is no value of an input that broke the contract', () => {
    expect(shownRequest({ request: { VpcId: 'a-secret' } }, false)).toEqual({ shown: {}, withheld: ['VpcId'] });
  });

  it('is no value that is longer than any id, not even deep inside', () => {
    const long = 'x'.repeat(201);
    const request = { VpcId: long, Zone: [{ ZoneId: long }], RegionId: 'cn-a' };
    expect(shownRequest({ request }, true)).toEqual({ shown: { RegionId: 'cn-a' }, withheld: ['VpcId', 'Zone'] });
  });

  it.each([undefined, null, 'text', [], { request: [] }, { request: null }])('is nothing of %j', (input) => {
    expect(shownRequest(input, true)).toEqual({ shown: {}, withheld: [] });
  });
});

describe('shownRemoval', () => {
  const input = {
    RegionId: 'cn-a',
    EndpointId: 'ep-1',
    account: 'prod',
    ownership: 'any',
    timeouts: { deleted: '1h' },
  };

  it('shows what names the endpoint', () => {
    expect(shownRemoval(input, true)).toEqual({
      shown: { RegionId: 'cn-a', EndpointId: 'ep-1', ownership: 'any' },
      withheld: [],
    });
  });

  it('shows names only of an input that broke the contract', () => {
    const { shown, withheld } = shownRemoval({ ...input, EndpointId: 'a secret' }, false);
    expect(shown).toEqual({});
    expect(withheld).toEqual(['RegionId', 'EndpointId', 'ownership', 'timeouts']);
  });
});
