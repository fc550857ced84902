import { proxyActivities } from '@temporalio/workflow';
import type { ConnectionRef } from '../../src/privatelink/port.js';

/** What the naive way has in place of a lane. */
export interface NaiveActivities {
  acceptConnection(connection: ConnectionRef): Promise<void>;
}

// The engine's default: after 1 s, twice as long each time, up to 100 s, for ever.
const { acceptConnection } = proxyActivities<NaiveActivities>({ startToCloseTimeout: '60s' });

/** Accept one connection, whoever else accepts one in the same account. */
export async function acceptAlone(connection: ConnectionRef): Promise<void> {
  await acceptConnection(connection);
}
