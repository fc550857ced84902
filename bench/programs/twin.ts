/** The twin over HTTP, in a process of its own so that its processor time can be told from that of others. */
import { NO_LIMITS, startSimulator } from '../../src/simulator/index.js';
import { readyUntilLetGo } from '../forked-program.js';

const twin = await startSimulator({
  settings: { timeToActive: { afterMs: 0 }, limits: NO_LIMITS, quotas: { endpointsPerVpc: Infinity } },
});
await readyUntilLetGo({ url: twin.url });
await twin.close();
