import type { TemporalConfig, WorkerConfig } from '../../config.js';
import type { ProvisionInput } from '../../contract/input.js';
import { TemporalConnectionError } from '../../temporal/connection-errors.js';
import type { Environment } from '../../temporal/run-command.js';
import { VERSION } from '../../version.js';
import { openAccounts } from '../../worker/cloud-accounts.js';
import { defaultTaskQueue } from '../commands/options.js';
import { openConnection } from '../session.js';
import { checkBinaries } from './binaries.js';
import { skipped, type Check, type CheckGroup } from './check.js';
import { checkCloudAddress } from './cloud-address.js';
import { checkCredentials } from './credentials.js';
import { probeDryRun, probeReads } from './probe.js';
import { checkSettings } from './settings.js';
import { checkServer, serverFailed } from './temporal-server.js';
import { checkWorkers, workersNotAsked, type QueuesToCheck, type WorkersFound } from './workers.js';

/** The signed calls that were asked for. */
export interface ProbePlan {
  readonly regionId: string;
  /** An input that keeps the contract, and for whom it is sent. */
  readonly dryRun: { readonly input: ProvisionInput; readonly account: string } | undefined;
}

/** What to look at, and from where. */
export interface Examination {
  readonly env: Environment;
  readonly nodeVersion: string;
  /** The clock of this machine, in milliseconds since 1970. */
  readonly now: () => number;
  /** Look at this account only. */
  readonly account: string | undefined;
  readonly regionId: string | undefined;
  /** Without it nothing signed is sent to PrivateLink. */
  readonly probe: ProbePlan | undefined;
}

/** Look at everything. What fails is a check of the report, never an error, as far as anybody could foresee it. */
export async function diagnose(examination: Examination): Promise<CheckGroup[]> {
  const { env, nodeVersion, now, probe } = examination;
  const { group: settings, config, temporal } = checkSettings(env, nodeVersion);
  const only = examination.account ?? probe?.dryRun?.account;
  const accounts = only === undefined ? (config?.accounts ?? []) : [only];
  const [{ server, workers, credentials }, address, binaries] = await Promise.all([
    checkEngine(env, temporal, config, accounts),
    config === undefined
      ? [needsSettings('address')]
      : checkCloudAddress(config.cloud, {
          regionId: probe?.regionId ?? examination.regionId,
          timeoutMs: config.httpTimeoutMs,
          now,
        }),
    checkBinaries(env),
  ]);
  return [
    settings,
    { group: 'Temporal server', checks: server },
    { group: 'Workers', checks: workers },
    { group: 'Credentials', checks: credentials },
    { group: 'PrivateLink', checks: address },
    ...(probe === undefined ? [] : await probeAll(probe, config, accounts)),
    { group: 'Local work', checks: binaries },
  ];
}

/** Whether missing credentials matter depends on whether somebody else serves the account. */
async function checkEngine(
  env: Environment,
  temporal: TemporalConfig | undefined,
  config: WorkerConfig | undefined,
  accounts: readonly string[],
): Promise<Record<'server' | 'workers' | 'credentials', readonly Check[]>> {
  const { server, found } = await checkTemporal(temporal, {
    taskQueue: config?.taskQueue ?? defaultTaskQueue(env),
    accounts,
    regions: config?.regions ?? [],
  });
  const credentials =
    config === undefined ? [needsSettings('accounts')] : await checkCredentials(config.cloud, accounts, found.served);
  return { server, workers: found.checks, credentials };
}

async function checkTemporal(
  temporal: TemporalConfig | undefined,
  queues: QueuesToCheck,
): Promise<{ readonly server: readonly Check[]; readonly found: WorkersFound }> {
  const { accounts } = queues;
  if (temporal === undefined) return { server: [needsSettings('server')], found: workersNotAsked(accounts) };
  let connection;
  try {
    connection = await openConnection(temporal);
  } catch (error) {
    if (!(error instanceof TemporalConnectionError)) throw error;
    return { server: serverFailed(error), found: workersNotAsked(accounts) };
  }
  try {
    const server = await checkServer(connection, temporal);
    const isUsable = server.every(({ verdict }) => verdict !== 'fail');
    const found = isUsable ? await checkWorkers(connection, temporal, queues) : workersNotAsked(accounts);
    return { server, found };
  } finally {
    await connection.close();
  }
}

async function probeAll(
  { regionId, dryRun }: ProbePlan,
  config: WorkerConfig | undefined,
  accounts: readonly string[],
): Promise<CheckGroup[]> {
  if (config === undefined) return [{ group: 'Probe', checks: [needsSettings('calls')] }];
  const { cloud, httpTimeoutMs: timeoutMs, temporal } = config;
  const opened = await openAccounts(cloud, accounts, { timeoutMs, userAgent: `durable-privatelink/${VERSION} doctor` });
  const groups: CheckGroup[] = [];
  for (const account of accounts) {
    const api = opened.privateLink(account, regionId);
    const checks = await probeReads(api, regionId);
    if (dryRun !== undefined) {
      checks.push(await probeDryRun(api, dryRun.input, config.installation ?? temporal.namespace));
    }
    groups.push({ group: `Probe of account ${account} in ${regionId}`, checks });
  }
  return groups;
}

function needsSettings(check: string): Check {
  return skipped(check, 'not asked', 'Correct the settings first; then run pvlctl doctor again.');
}
