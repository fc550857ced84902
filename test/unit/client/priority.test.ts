import { describe, expect, test } from 'vitest';
import { priorityProblems } from '../../../src/client/priority.js';
import { ProvisioningClient } from '../../../src/client/provisioning-client.js';
import { fakeClient, INPUT } from './fixture.js';

describe('the priority of a run', () => {
  test('is handed to the server, and nothing where none is given', async () => {
    const { client, asked } = fakeClient();
    const provisioning = new ProvisioningClient({ client, onWarning: () => undefined });
    const priority = { priorityKey: 1, fairnessKey: 'tenant-1', fairnessWeight: 2 };
    await provisioning.start(INPUT, { workflowId: 'order-1', priority });
    await provisioning.start(INPUT, { workflowId: 'order-2' });
    expect(asked.starts[0]).toMatchObject({ priority });
    expect(asked.starts[1]).not.toHaveProperty('priority');
  });

  test('is checked before anything starts', async () => {
    const { client, asked } = fakeClient();
    const provisioning = new ProvisioningClient({ client, onWarning: () => undefined });
    await expect(provisioning.start(INPUT, { priority: { priorityKey: 0 } })).rejects.toMatchObject({
      name: 'InvalidInputError',
      problems: [{ path: 'priority.priorityKey' }],
    });
    expect(asked.starts).toEqual([]);
  });

  test.each([
    { priority: {}, paths: [] },
    { priority: { priorityKey: 5, fairnessKey: 'x'.repeat(64), fairnessWeight: 1_000 }, paths: [] },
    { priority: { priorityKey: 6 }, paths: ['priority.priorityKey'] },
    { priority: { priorityKey: 1.5 }, paths: ['priority.priorityKey'] },
    { priority: { fairnessKey: 'é'.repeat(33) }, paths: ['priority.fairnessKey'] },
    { priority: { fairnessKey: '' }, paths: ['priority.fairnessKey'] },
    { priority: { fairnessWeight: NaN }, paths: ['priority.fairnessWeight'] },
    { priority: { fairnessKey: '', fairnessWeight: 0 }, paths: ['priority.fairnessKey', 'priority.fairnessWeight'] },
  ])('$priority has problems at $paths', ({ priority, paths }) => {
    expect(priorityProblems(priority).map(({ path }) => path)).toEqual(paths);
  });
});
