/** Many endpoints in one twin: what they weigh, and how long a List of 1,000 takes, before there are more and after. */
import { createInProcessTwin, NO_LIMITS } from '../../src/simulator/index.js';
import { programArgument, readyUntilLetGo } from '../forked-program.js';

const LISTED = 1_000;
const RUNS = 100;

const { endpoints, region } = programArgument() as { endpoints: number; region: string };
const twin = createInProcessTwin({ settings: { limits: NO_LIMITS, quotas: { endpointsPerVpc: Infinity } } });
const rssBefore = process.memoryUsage.rss();
let few: readonly number[] = [];
for (let made = 0; made < endpoints; made += 1) {
  if (made === LISTED) few = await listTimes();
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
const all = await listTimes();
await readyUntilLetGo({ rssBefore, rss, heap, listMs: { few, all } });

async function listTimes(): Promise<readonly number[]> {
  const times: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    const begun = performance.now();
    const answer = await twin.call('ListVpcEndpoints', { RegionId: region, MaxResults: String(LISTED) });
    times.push(performance.now() - begun);
    if (answer === 'noResponse' || answer.status !== 200) throw new Error('A list call failed');
  }
  return times;
}
