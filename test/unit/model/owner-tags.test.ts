import { describe, expect, it } from 'vitest';
import {
  isOwnedBy,
  MAX_TAG_VALUE,
  OWNER_TAG,
  ownerTags,
  tagValueProblem,
  WORKFLOW_TAG,
} from '../../../src/model/owner-tags.js';
import { parameterDefinition } from '../../../src/model/request.js';

const OWNER = { installation: 'team-a', workflowId: 'provision/order-17' };

describe('the tags that say who made an endpoint', () => {
  it('name the installation and the workflow id, and are read back as the same owner', () => {
    expect(ownerTags(OWNER)).toEqual([
      { Key: 'durable-privatelink-owner', Value: 'team-a' },
      { Key: 'durable-privatelink-workflow', Value: 'provision/order-17' },
    ]);
    expect(isOwnedBy(ownerTags(OWNER), OWNER)).toBe(true);
  });

  it('are found among other tags, in any order', () => {
    expect(isOwnedBy([{ Key: 'env', Value: 'prod' }, ...[...ownerTags(OWNER)].reverse()], OWNER)).toBe(true);
  });

  it.each([
    { tags: undefined, reason: 'no tags were shown' },
    { tags: [], reason: 'no tags' },
    { tags: ownerTags(OWNER).slice(0, 1), reason: 'of the same installation, for nobody in particular' },
    { tags: ownerTags(OWNER).slice(1), reason: 'the same workflow id in another installation' },
    { tags: ownerTags({ ...OWNER, installation: 'team-b' }), reason: 'another installation' },
    { tags: ownerTags({ ...OWNER, workflowId: 'provision/order-18' }), reason: 'another workflow' },
    { tags: ownerTags({ ...OWNER, workflowId: 'provision/order-1' }), reason: 'an id that only begins the same' },
    { tags: ownerTags({ ...OWNER, workflowId: 'PROVISION/order-17' }), reason: 'values keep their case' },
    {
      tags: [
        { Key: WORKFLOW_TAG, Value: OWNER.installation },
        { Key: OWNER_TAG, Value: OWNER.workflowId },
      ],
      reason: 'the values of the wrong keys',
    },
  ])('do not match: $reason', ({ tags }) => {
    expect(isOwnedBy(tags, OWNER)).toBe(false);
  });

  it('have keys that the service takes', () => {
    const { pattern, maxLength = 0 } = parameterDefinition('Tag.Key');
    for (const { Key } of ownerTags(OWNER)) {
      expect(Key.length).toBeLessThanOrEqual(maxLength);
      expect(Key).toMatch(pattern ?? /^$/);
    }
    expect(MAX_TAG_VALUE).toBe(parameterDefinition('Tag.Value').maxLength);
  });
});

describe('what can be the value of a tag', () => {
  it.each([
    { value: 'a' },
    { value: 'provision/default/cn-hangzhou/vpc-1' },
    { value: 'with space' },
    { value: 'x'.repeat(128) },
  ])('"$value" can', ({ value }) => {
    expect(tagValueProblem(value)).toBeUndefined();
  });

  it.each([
    { value: '', problem: /is empty/ },
    { value: 'x'.repeat(129), problem: /has 129 characters; a tag value takes 128/ },
    { value: 'bücher', problem: /other than printable ASCII/ },
    { value: 'two\nlines', problem: /other than printable ASCII/ },
    { value: 'trailing\n', problem: /other than printable ASCII/ },
    { value: 'see http://x', problem: /http/ },
    { value: 'https://x', problem: /http/ },
  ])('"$value" cannot', ({ value, problem }) => {
    expect(tagValueProblem(value)).toMatch(problem);
  });
});
