import { describe, expect, it } from 'vitest';
import { realWorkflowId } from '../../../src/model/derived-id.js';

const PLACE = { account: 'default', RegionId: 'cn-hangzhou' };

describe('the run that a dry run is about', () => {
  it.each([
    {
      id: 'dry-run/default/cn-hangzhou/vpc-1/epsrv-1/orders',
      real: 'provision/default/cn-hangzhou/vpc-1/epsrv-1/orders',
    },
    { id: 'order-17', real: 'order-17' },
    { id: 'dry-run/of-mine', real: 'dry-run/of-mine' },
    { id: 'dry-run/default/cn-beijing/vpc-1', real: 'dry-run/default/cn-beijing/vpc-1' },
    { id: 'provision/default/cn-hangzhou/x', real: 'provision/default/cn-hangzhou/x' },
  ])('of $id is $real', ({ id, real }) => {
    expect(realWorkflowId(id, PLACE)).toBe(real);
  });
});
