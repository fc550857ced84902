import { fileURLToPath } from 'node:url';
import type { Environment } from '../temporal/run-command.js';

/** Where the parts of a local stack are, for its worker. */
export interface StackAddresses {
  readonly temporalAddress: string;
  readonly namespace: string;
  readonly twinUrl: string;
}

/**
 * Variables that a local stack never takes from its surroundings: credentials of clouds, and where cloud and engine are.
 * Of ours only what is about the worker itself passes.
 */
const FOREIGN =
  /^(?:ALIBABA_?CLOUD_|ALICLOUD_|ALIYUN_|TEMPORAL_|PVL_(?:ENDPOINT|NETWORK|TWIN_URL|TASK_QUEUE|INSTALLATION)$)/i;

/** Variables of the set-up, which are no setting of a server: they say where binaries are. */
const OF_THE_SETUP: readonly string[] = ['TEMPORAL_CLI_PATH', 'TEMPORAL_TEST_SERVER_PATH'];

/** Names of the variables that a local stack ignores although they are set. */
export function ignoredVariables(env: Environment): string[] {
  return Object.keys(env)
    .filter((name) => env[name] !== undefined && FOREIGN.test(name) && !OF_THE_SETUP.includes(name))
    .sort();
}

/** The environment without what {@link ignoredVariables} names. */
export function cleanEnvironment(env: Environment): Record<string, string> {
  const ignored = new Set(ignoredVariables(env));
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined && !ignored.has(entry[0])),
  );
}

/**
 * The whole environment of a local stack's worker: it can reach nothing but the stack.
 *
 * @param extra - Settings of the worker itself.
 * @throws RangeError - `extra` names credentials or another place, or an address is not on this machine.
 */
export function workerEnvironment(env: Environment, addresses: StackAddresses, extra: Environment): Environment {
  const refused = ignoredVariables(extra).filter((name) => !['PVL_TASK_QUEUE', 'PVL_INSTALLATION'].includes(name));
  if (refused.length > 0) {
    throw new RangeError(`The worker of a local stack is not given ${refused.join(', ')}: it works on its twin only`);
  }
  const { temporalAddress, namespace, twinUrl } = addresses;
  for (const url of [`tcp://${temporalAddress}`, twinUrl]) {
    const { hostname } = new URL(url);
    if (!/^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(hostname)) {
      throw new RangeError(`A local stack is on this machine, and ${hostname} is not a loopback address`);
    }
  }
  return {
    ...cleanEnvironment(env),
    ...extra,
    TEMPORAL_ADDRESS: temporalAddress,
    TEMPORAL_NAMESPACE: namespace,
    // A profile file could switch TLS on or add an API key: the one named here does not exist, which is no error.
    TEMPORAL_CONFIG_FILE: fileURLToPath(new URL('./no-profile-file.toml', import.meta.url)),
    PVL_TWIN_URL: twinUrl,
  };
}
