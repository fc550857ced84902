import { DEPROVISION_WORKFLOW_TYPE } from '../../src/contract/deprovision.js';
import { stateQuery } from '../../src/contract/messages.js';
import { OWNER_TAG } from '../../src/model/owner-tags.js';
import type { deprovisionVpcEndpoint } from '../../src/workflows/index.js';
import { eventually, newId, scenario, type ProvisionBench } from '../support/provision-bench.js';
import { advance } from '../support/virtual-time.js';
import type { ShippedPath } from './paths.js';

type Scenario = ReturnType<typeof scenario>;

interface Removal {
  /** Tags of the endpoint; that of the installation when left out. */
  readonly Tag?: readonly { readonly Key: string; readonly Value: string }[];
  /** Options of the removal. */
  readonly options?: object;
  readonly prepare?: (s: Scenario, EndpointId: string) => void;
  /** Cancel it once it has called this action. */
  readonly cancelAfter?: string;
}

/** Remove an endpoint that was made for it, to the end of the run, whatever that is. */
async function remove(bench: ProvisionBench, removal: Removal = {}): Promise<string> {
  const { Tag = [{ Key: OWNER_TAG, Value: 'default' }], options = {}, prepare, cancelAfter } = removal;
  const s = scenario(bench);
  const { EndpointId } = await bench.privateLink.createVpcEndpoint({ ...s.request, Tag });
  prepare?.(s, EndpointId);
  const handle = await bench.client.workflow.start<typeof deprovisionVpcEndpoint>(DEPROVISION_WORKFLOW_TYPE, {
    workflowId: newId(),
    taskQueue: bench.taskQueue,
    args: [{ RegionId: s.request.RegionId, EndpointId, ...options }],
  });
  const { workflowId } = handle;
  if (cancelAfter !== undefined) {
    await eventually(`${cancelAfter} was called`, () => s.calls(cancelAfter) > 0);
    await handle.cancel();
    await eventually('it knows', async () => (await handle.query(stateQuery)).phase !== 'removing');
  }
  await advance(bench.connection, workflowId, 3_600_000).catch(() => undefined);
  await handle.result().catch(() => undefined);
  return workflowId;
}

function code(name: string) {
  return { kind: 'code', code: name } as const;
}

/** The paths of `deprovisionVpcEndpoint`. */
export const REMOVAL_PATHS: readonly ShippedPath[] = [
  { name: 'deprovisioned', take: (bench) => remove(bench) },
  {
    name: 'deprovisioned-and-notified',
    take: (bench) => remove(bench, { options: { ownership: 'any', notify: [{ workflowId: 'nobody' }] } }),
  },
  {
    name: 'deprovision-absent',
    take: (bench) => remove(bench, { prepare: (_, id) => bench.twin.engine.removeEndpoint(id) }),
  },
  { name: 'deprovision-invalid-input', take: (bench) => remove(bench, { options: { EndpointId: 'vpc-1' } }) },
  { name: 'deprovision-not-owned', take: (bench) => remove(bench, { Tag: [] }) },
  {
    name: 'deprovision-protected',
    take: (bench) =>
      remove(bench, { prepare: (s) => s.fault('DeleteVpcEndpoint', code('EndpointProtected'), 'always') }),
  },
  {
    name: 'deprovision-denied',
    take: (bench) => remove(bench, { prepare: (s) => s.fault('DeleteVpcEndpoint', code('NoPermission'), 'always') }),
  },
  {
    name: 'deprovision-deadline',
    take: (bench) =>
      remove(bench, {
        options: { timeouts: { deleted: '5m' } },
        prepare: (s) => s.fault('DeleteVpcEndpoint', code('EndpointLocked'), 'always'),
      }),
  },
  {
    name: 'deprovision-found-gone-after-its-deadline',
    take: (bench) =>
      remove(bench, {
        options: { timeouts: { deleted: '30s' } },
        prepare: (s, id) => {
          s.fault('GetVpcEndpointAttribute', { kind: 'throttle', timeLeftMs: 300_000 });
          bench.twin.engine.removeEndpoint(id);
        },
      }),
  },
  {
    name: 'deprovision-cancelled',
    take: (bench) =>
      remove(bench, {
        prepare: (s) => s.fault('DeleteVpcEndpoint', code('EndpointLocked'), 'always'),
        cancelAfter: 'DeleteVpcEndpoint',
      }),
  },
  {
    name: 'deprovision-cancelled-and-gone',
    take: (bench) =>
      remove(bench, {
        prepare: (s, id) => {
          s.fault('GetVpcEndpointAttribute', { kind: 'throttle', timeLeftMs: 300_000 });
          bench.twin.engine.removeEndpoint(id);
        },
        cancelAfter: 'GetVpcEndpointAttribute',
      }),
  },
];
