/** Many endpoints in one twin: what they weigh, and how long a List of 1,000 takes. */
import { createInProcessTwin, NO_LIMITS } from '../../src/simulator/index.js';
import { programArgument, readyUntilLetGo } from '../forked-program.js';

const { endpoints, region } = programArgument() as { endpoints: number; region: string };
const twin = createInProcessTwin({ settings: { limits: NO_LIMITS, quotas: { endpointsPerVpc: Infinity } } });
const rssBefore = process.memoryUsage.rss();
for (let made = 0; made < endpoints; made += 1) {
  const answer = await twin.call('CreateVpcEndpoint', {
    RegionId: region,
    VpcId: `vpc-${made % 10}`,
    ServiceId: 'epsrv-1',
    EndpointName: `orders-${made}`,
    ClientToken: `token-${made}`,
    'SecurityGroupId.1': 'sg-1',
    'Zone.1.ZoneId': `${region}-b`,
    'Zone.1.VSwitchId': 'vsw-1',
    'Tag.1.Key': 'team',
    'Tag.1.Value': 'orders',
  });
  if (answer === 'noResponse' || answer.status !== 200) throw new Error(`Create ${made} failed`);
}
const { rss, heapUsed: heap } = process.memoryUsage();
const listMs: number[] = [];
for (let run = 0; run < 200; run += 1) {
  const begun = performance.now();
  await twin.call('ListVpcEndpoints', { RegionId: region, MaxResults: '1000' });
  listMs.push(performance.now() - begun);
}
await readyUntilLetGo({ rssBefore, rss, heap, listMs });
