import type { ProvisionInput } from '../src/contract/input.js';

/** A complete input. Its workflow id tells the runs apart, and so do the tags and the client token made from it. */
export function provisionInput(RegionId = 'cn-huhehaote'): ProvisionInput {
  return {
    request: {
      RegionId,
      VpcId: 'vpc-bench',
      ServiceId: 'epsrv-bench',
      EndpointName: 'bench',
      SecurityGroupId: ['sg-bench'],
      Zone: [{ ZoneId: `${RegionId}-b`, VSwitchId: 'vsw-bench' }],
    },
  };
}
