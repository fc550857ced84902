import type { Logger, NativeConnection } from '@temporalio/worker';
import { lackingAttributes, type FleetPlace } from '../contract/search-attributes.js';

const CALL_TIMEOUT_MS = 5_000;

/**
 * Ask the server where runs are to keep what the list of all runs shows: in search attributes if the namespace has all of
 * ours, else in their memo.
 *
 * A server that does not tell, or not whoever this worker is, counts as one that has none: runs do not depend on it. The
 * answer holds until the worker is started again.
 */
export async function chooseFleetPlace(
  connection: Pick<NativeConnection, 'operatorService' | 'withDeadline'>,
  namespace: string,
  logger: Pick<Logger, 'info'>,
): Promise<FleetPlace> {
  let registered;
  try {
    const answer = await connection.withDeadline(Date.now() + CALL_TIMEOUT_MS, () =>
      connection.operatorService.listSearchAttributes({ namespace }),
    );
    registered = answer.customAttributes;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    logger.info('Search attributes off: the server does not list them; runs use their memo', { reason });
    return 'memo';
  }
  const { missing, mistyped } = lackingAttributes(registered);
  if (missing.length === 0 && mistyped.length === 0) {
    logger.info('Search attributes on: all of them are registered');
    return 'searchAttributes';
  }
  logger.info('Search attributes off: not all of them are registered; runs use their memo', {
    missing,
    ofAnotherType: mistyped.map(({ name }) => name),
  });
  return 'memo';
}
