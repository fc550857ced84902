import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { changeOptionsUpdate, PROVISION_WORKFLOW_TYPE, stateQuery } from '../../src/contract/messages.js';
import { createTestKit } from '../../src/testing/index.js';
import type { provisionVpcEndpoint } from '../../src/workflows/index.js';
import { eventually, inPhase, newId, REQUEST } from '../support/provision-bench.js';
import { advance } from '../support/virtual-time.js';

const MANUAL = { ServiceId: 'epsrv-manual', AutoAcceptEnabled: false } as const;

/** Its worker stops and comes back, so that both changes are in one task. */
describe('a goal that is changed, and changed back before anybody looks', () => {
  const kit = createTestKit({ settings: { services: [MANUAL], connectMs: 0 } });
  const taskQueue = `flip-${randomUUID()}`;
  let native: NativeConnection;
  let connection: Connection;

  beforeAll(async () => {
    const address = inject('temporalAddress');
    native = await NativeConnection.connect({ address });
    connection = await Connection.connect({ address });
  });
  afterAll(async () => {
    kit.twin.close();
    await native.close();
    await connection.close();
  });

  /** @returns What stops it. */
  async function work(): Promise<() => Promise<void>> {
    const worker = await Worker.create({
      connection: native,
      taskQueue,
      workflowBundle: { codePath: inject('workflowBundlePath') },
      activities: kit.activities,
    });
    const running = worker.run();
    return async () => {
      worker.shutdown();
      await running;
    };
  }

  it('is no cancellation of the run, and its endpoint is not touched', async () => {
    const workflowId = newId();
    const client = new Client({ connection });
    const stop = await work();
    const request = { ...REQUEST, Zone: [], ServiceId: MANUAL.ServiceId };
    const run = await client.workflow.start<typeof provisionVpcEndpoint>(PROVISION_WORKFLOW_TYPE, {
      workflowId,
      taskQueue,
      args: [{ request, until: 'Connected', onCancel: 'delete' }],
    });
    await advance(connection, workflowId, 60_000);
    await inPhase(run, 'connecting');
    await eventually('it is polled', async () => ((await run.describe()).raw.pendingActivities?.length ?? 0) > 0);
    await stop();

    const updateId = randomUUID();
    const change = (until: 'Active' | 'Connected', number: number) =>
      run.executeUpdate(changeOptionsUpdate, { args: [{ until }], updateId: `${updateId}.${number}` });
    // The server holds both until there is a worker, in the order of their arrival.
    const answers = [change('Active', 1)];
    await new Promise((resolve) => setImmediate(resolve));
    answers.push(change('Connected', 2));
    const stopAgain = await work();
    const options = await Promise.all(answers);
    const last = (await run.query(stateQuery)).phase;
    if (last === 'connecting') {
      await advance(connection, workflowId, 60_000);
      expect((await run.describe()).status.name).toBe('RUNNING');
      await run.terminate();
    }
    expect(options.map(({ until }) => until).sort()).toEqual(['Active', 'Connected']);
    // Whichever came last decides; the run is never taken for a cancelled one.
    expect(['connecting', 'waiting', 'ready']).toContain(last);
    expect(kit.twin.engine.inspect()).toHaveLength(1);
    expect(kit.twin.journal.requests.filter(({ action }) => /^(?:Delete|Remove)/.test(action))).toEqual([]);
    await stopAgain();
  });
});
