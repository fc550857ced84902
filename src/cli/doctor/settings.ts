import {
  ConfigError,
  loadTemporalConfig,
  loadWorkerConfig,
  type TemporalConfig,
  type WorkerConfig,
} from '../../config.js';
import type { Environment } from '../../temporal/run-command.js';
import { fail, pass, type Check, type CheckGroup } from './check.js';

/** Oldest version of Node that the package says it runs on (`engines` in package.json). */
export const MINIMUM_NODE = [20, 19] as const;

/** The settings as far as they can be used, and what is to be said of them. */
export interface Settings {
  readonly group: CheckGroup;
  /** Absent when a setting of the worker cannot be used. */
  readonly config: WorkerConfig | undefined;
  /** Absent when those of the Temporal server cannot be used. */
  readonly temporal: TemporalConfig | undefined;
}

/** Read the settings as a worker would, and hold the version of Node against the oldest that will do. */
export function checkSettings(env: Environment, nodeVersion: string): Settings {
  const node = checkNode(nodeVersion);
  try {
    const config = loadWorkerConfig(env);
    const seen = `task queue ${config.taskQueue}, accounts ${config.accounts.join(', ')}`;
    return {
      group: { group: 'Settings', checks: [pass('settings', seen), node] },
      config,
      temporal: config.temporal,
    };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const wrong = error.problems.map((problem) =>
      fail('settings', problem, 'Correct it: docs/settings.md lists every setting.', 'settings'),
    );
    return { group: { group: 'Settings', checks: [...wrong, node] }, config: undefined, temporal: temporalOf(env) };
  }
}

/** A typo in a setting of ours is no reason not to look at the server. */
function temporalOf(env: Environment): TemporalConfig | undefined {
  try {
    return loadTemporalConfig(env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return undefined;
  }
}

function checkNode(version: string): Check {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [wantedMajor, wantedMinor] = MINIMUM_NODE;
  const enough = major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
  if (enough) return pass('Node', version);
  return fail('Node', version, `Install Node ${MINIMUM_NODE.join('.')} or newer.`, 'settings');
}
