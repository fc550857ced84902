import { setTimeout as pause } from 'node:timers/promises';
import type { MetricMeter } from '@temporalio/common';
import type { Logger, NativeConnection } from '@temporalio/worker';
import { FLEET_ATTRIBUTES } from '../contract/search-attributes.js';

/** How often runs are counted, in milliseconds. Two counts by visibility each time. */
const EVERY_MS = 15_000;

const CALL_TIMEOUT_MS = 5_000;

const OPEN = `WorkflowType = 'provisionVpcEndpoint' AND ExecutionStatus = 'Running'`;

/**
 * Keep gauges of the runs of the namespace: how many are open, and how many of them are parked.
 *
 * They come from visibility, so that they hold whatever was restarted, and every worker tells the same: take their maximum.
 * Only where runs carry search attributes. A count that fails is left out, and said once until one succeeds.
 *
 * @returns When the signal aborts.
 */
export async function watchFleet(
  connection: Pick<NativeConnection, 'workflowService' | 'withDeadline'>,
  namespace: string,
  { meter, logger, stopped }: { meter: MetricMeter; logger: Pick<Logger, 'warn'>; stopped: AbortSignal },
): Promise<void> {
  const open = meter.createGauge('pvl_runs_open', 'int', 'runs', 'Provisions of the namespace that are running');
  const parked = meter.createGauge('pvl_runs_parked', 'int', 'runs', 'Of these, how many wait for a refusal to pass');
  const count = async (query: string) => {
    const answer = await connection.withDeadline(Date.now() + CALL_TIMEOUT_MS, () =>
      connection.workflowService.countWorkflowExecutions({ namespace, query }),
    );
    return Number(answer.count);
  };
  let failing = false;
  do {
    try {
      open.set(await count(OPEN), { namespace });
      parked.set(await count(`${OPEN} AND ${FLEET_ATTRIBUTES.phase} = 'parked'`), { namespace });
      failing = false;
    } catch (error) {
      if (!failing) logger.warn('The runs could not be counted for the metrics', { error });
      failing = true;
    }
    // Ends early, and with an error, when the signal aborts.
  } while (await pause(EVERY_MS, true, { signal: stopped }).catch(() => false));
}
