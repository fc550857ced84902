import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { readInput } from '../../src/cli/read-input.js';
import { ConfigError, loadWorkerConfig, type CloudConfig } from '../../src/config.js';
import { DEFAULT_ACCOUNT } from '../../src/contract/task-queues.js';
import { ACCOUNT_PATTERN } from '../../src/model/account.js';
import type { CreateVpcEndpointRequest } from '../../src/model/request.js';
import {
  accountCredentials,
  CredentialsUnavailableError,
  fetchCredentials,
  staticCredentials,
} from '../../src/privatelink/credentials.js';
import { endpointFor } from '../../src/privatelink/endpoint-address.js';
import { checkInput } from '../../src/schema/check-input.js';
import { VERSION } from '../../src/version.js';
import { TWIN_CREDENTIALS } from '../../src/worker/cloud-accounts.js';
import { HARMLESS, ON_ANSWERS, ON_LISTS } from './harmless.js';
import { sendCall, type Answer, type Lab, type LabTarget } from './lab.js';
import { measured, type Fact, type Measurement } from './measurement.js';
import { measurementsOfCreation, removeEndpoints } from './with-endpoint.js';

const USAGE = `Usage: npm run record-facts -- -f request.json [--region R] [--account A] [--create] [--out FILE] --yes

Records how PrivateLink behaves where its documentation is silent, as one JSON report.
  -f, --file FILE    input of "pvlctl provision"; its request has to be one that would succeed
  --region R         has to be the region of the request
  --account A        credentials profile; that of the input, else "default"
  --create           also make one endpoint, look at it and delete it; without it nothing is created
  --out FILE         write the report there instead of to standard output
  --yes              do it; without it the plan is told and nothing is sent
Where it goes: PVL_TWIN_URL, PVL_ENDPOINT and PVL_NETWORK, as for a worker.`;

const MARK_KEY = 'durable-privatelink-facts';
const CREDENTIALS_TIMEOUT_MS = 10_000;

/** Exit codes, as `pvlctl` has them. */
const EXIT = { ok: 0, leftovers: 1, usage: 2, denied: 4, settings: 78 } as const;

/** What a recording needs of the process. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly elapsedMs: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  readonly stopped: AbortSignal;
}

/** What is recorded. */
export interface FactsReport {
  readonly recordedBy: string;
  readonly recordedAt: string;
  readonly cloud: 'twin' | 'real';
  readonly address: string;
  readonly RegionId: string;
  readonly facts: readonly Fact[];
  readonly endpointsMade: readonly string[];
  /** Endpoints that could not be removed: somebody has to. */
  readonly leftovers: readonly string[];
}

/** The arguments are wrong, or the file. */
class WrongArguments extends Error {}

/** Run `npm run record-facts`. @returns The exit code. */
export async function recordFacts(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const { env, err, out } = surroundings;
  try {
    const options = readOptions(args);
    const { request, account } = await readRequest(options);
    const { cloud, httpTimeoutMs } = loadWorkerConfig(env);
    const endpoint = addressOf(cloud, request.RegionId);
    const measurements = planned(options.create);
    err(planText(cloud, endpoint, account, request.RegionId, measurements, options.create));
    if (!options.yes) {
      err('Nothing was sent. Add --yes to do it.');
      return EXIT.usage;
    }
    const source = cloud.kind === 'twin' ? staticCredentials(TWIN_CREDENTIALS) : accountCredentials(account);
    const credentials = await fetchCredentials(source, CREDENTIALS_TIMEOUT_MS);
    const target = { endpoint, credentials, timeoutMs: httpTimeoutMs, now: surroundings.now };
    const lab = openLab(target, request, surroundings);
    const { facts, leftovers } = await record(lab, measurements, options.create, err);
    const report: FactsReport = {
      recordedBy: `durable-privatelink ${VERSION}`,
      recordedAt: new Date(surroundings.now()).toISOString(),
      cloud: cloud.kind,
      address: endpoint,
      RegionId: request.RegionId,
      facts,
      endpointsMade: lab.made,
      leftovers,
    };
    const text = JSON.stringify(report, null, 2);
    if (options.out === undefined) out(text);
    else await writeFile(options.out, `${text}\n`);
    return leftovers.length === 0 ? EXIT.ok : EXIT.leftovers;
  } catch (error) {
    if (error instanceof WrongArguments) {
      err(`record-facts: ${error.message}\n\n${USAGE}`);
      return EXIT.usage;
    }
    if (error instanceof ConfigError) {
      err(`record-facts: ${error.message}`);
      return EXIT.settings;
    }
    if (error instanceof CredentialsUnavailableError) {
      err(`record-facts: ${error.message}. Nothing was sent.`);
      return EXIT.denied;
    }
    throw error;
  }
}

interface Plan {
  readonly before: readonly Measurement[];
  readonly after: readonly Measurement[];
}

function planned(create: boolean): Plan {
  return { before: [...HARMLESS, ...(create ? measurementsOfCreation() : []), ...ON_LISTS], after: ON_ANSWERS };
}

/** Make all measurements, and remove whatever they made, however they end. */
async function record(
  lab: Lab,
  { before, after }: Plan,
  create: boolean,
  err: (text: string) => void,
): Promise<{ readonly facts: readonly Fact[]; readonly leftovers: readonly string[] }> {
  const facts: Fact[] = [];
  const make = async (measurement: Measurement) => {
    err(`- ${measurement.question}`);
    facts.push(await measured(lab, measurement));
  };
  let leftovers: readonly string[] = [];
  try {
    for (const measurement of before) await make(measurement);
  } finally {
    if (create) {
      err('- Removing what was made');
      const removal = await removeEndpoints(lab);
      leftovers = removal.leftovers;
      if (leftovers.length > 0) {
        err(`Could not remove ${leftovers.join(', ')} in ${lab.request.RegionId}: delete them by hand.`);
      }
      facts.push({
        question: 'How is an endpoint deleted, and how long does it take?',
        how: 'DeleteVpcEndpoint, after RemoveZoneFromVpcEndpoint where it asks for that, and GetVpcEndpointAttribute every 2 s until it is gone',
        answer: removal.steps,
      });
    }
  }
  for (const measurement of after) await make(measurement);
  return { facts, leftovers };
}

function openLab(target: LabTarget, request: CreateVpcEndpointRequest, surroundings: Surroundings): Lab {
  const { elapsedMs, sleep, stopped } = surroundings;
  const mark = { Key: MARK_KEY, Value: randomUUID() };
  const answers: Answer[] = [];
  return {
    request: { ...request, Tag: [...(request.Tag ?? []), mark] },
    mark,
    answers,
    made: [],
    doubts: [],
    newToken: randomUUID,
    call: async (action, parameters) => {
      const answer = await sendCall(target, action, parameters);
      answers.push(answer);
      return answer;
    },
    elapsedMs,
    sleep,
    stopped,
  };
}

function readOptions(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        file: { type: 'string', short: 'f' },
        region: { type: 'string' },
        account: { type: 'string' },
        out: { type: 'string' },
        create: { type: 'boolean', default: false },
        yes: { type: 'boolean', default: false },
      },
    });
    return values;
  } catch (error) {
    throw new WrongArguments(error instanceof Error ? error.message : String(error));
  }
}

async function readRequest(options: ReturnType<typeof readOptions>) {
  const { file, region } = options;
  if (file === undefined) throw new WrongArguments('-f is missing');
  let raw: unknown;
  try {
    raw = await readInput(file, process.stdin);
  } catch (error) {
    throw new WrongArguments(error instanceof Error ? error.message : String(error));
  }
  const checked = checkInput(raw);
  if (!checked.ok) {
    const problems = checked.problems.map(({ path, message }) => `\n- ${path === '' ? '' : `${path}: `}${message}`);
    throw new WrongArguments(`${file} is no input of a provision:${problems.join('')}`);
  }
  const request = Object.fromEntries(
    Object.entries(checked.input.request).filter(([name]) => name !== 'ClientToken' && name !== 'DryRun'),
  ) as unknown as CreateVpcEndpointRequest;
  if (region !== undefined && region !== request.RegionId) {
    throw new WrongArguments(`--region says "${region}", and the request names "${request.RegionId}"`);
  }
  const account = options.account ?? checked.input.account ?? DEFAULT_ACCOUNT;
  if (!ACCOUNT_PATTERN.test(account)) throw new WrongArguments(`"${account}" is no name of an account`);
  return { request, account };
}

function addressOf(cloud: CloudConfig, regionId: string): string {
  return cloud.kind === 'twin'
    ? endpointFor({ regionId, override: cloud.url })
    : endpointFor({ regionId, network: cloud.network, override: cloud.endpoint });
}

function planText(
  cloud: CloudConfig,
  endpoint: string,
  account: string,
  regionId: string,
  { before, after }: Plan,
  create: boolean,
): string {
  const whose = cloud.kind === 'twin' ? 'TWIN' : `REAL, account ${account}`;
  return [
    `${whose}, region ${regionId}, at ${endpoint}. These calls are made:`,
    ...[...before, ...after].map(({ how }) => `- ${how}`),
    create
      ? '- everything that was made is deleted, also after Ctrl-C; an endpoint may cost money while it exists'
      : 'Nothing is created: each CreateVpcEndpoint carries DryRun.',
    'The report holds no keys and no tokens; it names ids of resources where the service does.',
  ].join('\n');
}
