/**
 * `npm run picture`: take the picture of a run in Temporal's Web UI that docs/how-it-works.md shows.
 *
 * A local stack provisions an endpoint, with a quota in its way at first, and headless Chromium (on the PATH, or CHROMIUM) looks at its run.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { startLocalStack } from '../src/cli/local-stack.js';
import { ProvisioningClient } from '../src/client/index.js';
import { runCommand } from '../src/temporal/run-command.js';

const PICTURE = fileURLToPath(new URL('../docs/images/run-in-web-ui.png', import.meta.url));
const CHROMIUM = process.env['CHROMIUM'] ?? 'chromium';
const SIZE = '1400,1000';
/** What the page may wait for before the picture is taken, by its own clock. */
const PAGE_TIME_MS = 20_000;

const folder = await mkdtemp(join(tmpdir(), 'pvl-picture-'));
const stack = await startLocalStack({
  ui: true,
  logDirectory: folder,
  timeToActive: { afterMs: 6_000 },
  log: (text) => process.stderr.write(`${text}\n`),
});
const connection = await Connection.connect({ address: stack.temporal.address });
try {
  stack.twin.faults.add({
    action: 'CreateVpcEndpoint',
    effect: { kind: 'code', code: 'QuotaExceeded.totalEpPerVpc' },
  });
  const client = new ProvisioningClient({ client: new Client({ connection }) });
  const { workflowId, runId } = await client.start(
    {
      request: {
        RegionId: 'cn-huhehaote',
        VpcId: 'vpc-1',
        ServiceId: 'epsrv-1',
        EndpointName: 'orders',
        SecurityGroupId: ['sg-1'],
      },
      retry: { quota: { initialInterval: '3s' } },
    },
    { workflowId: 'order-17' },
  );
  await client.result(workflowId);
  const page = `${stack.temporal.uiUrl ?? ''}/namespaces/default/workflows/${workflowId}/${runId}/timeline`;
  const flags = ['--headless=new', '--no-sandbox', '--hide-scrollbars', `--user-data-dir=${folder}/browser`];
  const { exitCode, stderr, problem } = await runCommand(
    CHROMIUM,
    [...flags, `--window-size=${SIZE}`, `--virtual-time-budget=${PAGE_TIME_MS}`, `--screenshot=${PICTURE}`, page],
    { env: process.env, timeoutMs: 120_000 },
  );
  if (exitCode !== 0) throw new Error(`${CHROMIUM} took no picture: ${problem ?? ''}\n${stderr}`);
  process.stdout.write(`${PICTURE}\n`);
} finally {
  await connection.close();
  await stack.stop();
  await rm(folder, { recursive: true, force: true });
}
