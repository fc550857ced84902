import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FLEET_MEMO } from '../../src/contract/search-attributes.js';
import { openTimeSkipping, type TimeSkippingBench } from '../support/time-skipping.js';
import { CACHE_MODES, REQUEST } from '../support/provision-bench.js';

describe.each(CACHE_MODES)("under the SDK's time-skipping test server, $name", ({ cache }) => {
  let bench: TimeSkippingBench;
  beforeAll(async () => {
    bench = await openTimeSkipping();
  });
  afterAll(() => bench.close());

  it('keeps the record of a run in its memo: that server has no search attributes of ours', async () => {
    const settings = { services: [{ ServiceId: REQUEST.ServiceId, Zones: [REQUEST.Zone[0].ZoneId] }] };
    await bench.run({ request: REQUEST }, { ...cache, settings }, async ({ handle }) => {
      const { endpoint } = await handle.result();
      const { memo } = await handle.describe();
      expect(memo?.[FLEET_MEMO]).toEqual({
        account: 'default',
        RegionId: REQUEST.RegionId,
        VpcId: REQUEST.VpcId,
        ServiceId: REQUEST.ServiceId,
        EndpointId: endpoint?.EndpointId,
        phase: 'ready',
      });
    });
  });
});
