import { parseSettingsChange, type SettingsChange } from '../engine/settings.js';
import { isAccountId, parseWorld } from '../engine/world.js';
import type { SimulatorAccount } from './accounts.js';
import { isObject, optional, problemOf, TEXT, type Check, type FieldChecks } from './checks.js';
import { faultRuleProblem } from './fault-rules.js';
import type { FaultRule } from './faults.js';

/** How a twin is when it starts, as a scenario file has it. What is left out takes its default. */
export interface Scenario {
  /** The world of the file is one of these. */
  readonly settings?: SettingsChange;
  readonly faults?: readonly FaultRule[];
  readonly accounts?: readonly SimulatorAccount[];
  readonly seed?: number;
}

/** Something in a scenario is wrong. */
export class ScenarioError extends Error {
  override readonly name = 'ScenarioError';
  /** Each as `path: problem`. Never quotes a value: it may be a secret. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

const BOOLEAN: Check = { expected: 'true or false', holds: (value) => typeof value === 'boolean' };

const ACCOUNT_FIELDS: FieldChecks & Readonly<Record<keyof SimulatorAccount, Check>> = {
  accessKeyId: TEXT,
  accessKeySecret: TEXT,
  securityToken: optional(TEXT),
  expiresAt: optional({
    expected: 'a time such as 2026-01-01T00:00:00Z',
    holds: (value) => typeof value === 'string' && !Number.isNaN(Date.parse(value)),
  }),
  inactive: optional(BOOLEAN),
  // YAML takes digits without quotes for a number, and a long one loses its last digits.
  accountId: { expected: 'a text of 1 to 16 digits, in quotes', holds: isAccountId },
  arn: optional(TEXT),
};

/** Read one part of a scenario, and add what is wrong with it to the problems. */
type Part = (value: unknown, problems: string[]) => Scenario;

const PARTS: Readonly<Record<'world' | 'settings' | 'faults' | 'accounts' | 'seed', Part>> = {
  world: (value, problems) => tried(problems, () => ({ settings: { world: parseWorld(value) } })),
  settings: (value, problems) => tried(problems, () => ({ settings: parseSettingsChange(value) }), 'settings: '),
  faults: (value, problems) => {
    problems.push(...problemsOfEach('faults', value, faultRuleProblem), ...repeated('faults', value, 'id'));
    return { faults: value as FaultRule[] };
  },
  accounts: (value, problems) => {
    const accountProblem = (path: string, account: unknown) => problemOf(path, account, ACCOUNT_FIELDS);
    problems.push(...problemsOfEach('accounts', value, accountProblem), ...repeated('accounts', value, 'accessKeyId'));
    return { accounts: value as SimulatorAccount[] };
  },
  seed: (value, problems) => {
    if (!Number.isSafeInteger(value)) problems.push('seed: expected a whole number');
    return { seed: value as number };
  },
};

/**
 * Read a scenario that came as YAML or JSON: `world`, `settings`, `faults`, `accounts` and `seed`, each of them optional.
 *
 * @throws ScenarioError - With everything that is wrong.
 */
export function parseScenario(value: unknown): Scenario {
  if (!isObject(value)) throw new ScenarioError(['scenario: expected an object']);
  const problems: string[] = [];
  const parts = Object.entries(value).map(([name, given]): Scenario => {
    if (Object.hasOwn(PARTS, name)) return PARTS[name as keyof typeof PARTS](given, problems);
    problems.push(`scenario: has no ${name}; it has ${Object.keys(PARTS).join(', ')}`);
    return {};
  });
  const settings: SettingsChange[] = parts.flatMap((part) => (part.settings === undefined ? [] : [part.settings]));
  if (settings.filter((change) => change.world !== undefined).length > 1) {
    problems.push('settings.world: stands beside world; one of them has to go');
  }
  if (problems.length > 0) throw new ScenarioError(problems);
  const merged = Object.assign({}, ...parts) as Scenario;
  return settings.length === 0 ? merged : { ...merged, settings: Object.assign({}, ...settings) as SettingsChange };
}

/** @param prefix - Path of the part, where the messages of its parser do not begin with it. */
function tried(problems: string[], parse: () => Scenario, prefix = ''): Scenario {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    problems.push(`${prefix}${error.message}`);
    return {};
  }
}

function problemsOfEach(
  name: string,
  value: unknown,
  problem: (path: string, item: unknown) => string | undefined,
): string[] {
  if (!Array.isArray(value)) return [`${name}: expected a list`];
  return value.flatMap((item: unknown, index) => problem(`${name}[${index}]`, item) ?? []);
}

/** Items of a list whose name another one has already. */
function repeated(name: string, value: unknown, field: string): string[] {
  const seen = new Set<unknown>();
  return (Array.isArray(value) ? value : []).flatMap((item: unknown, index) => {
    const found = isObject(item) ? item[field] : undefined;
    if (found === undefined || !seen.has(found)) {
      seen.add(found);
      return [];
    }
    return [`${name}[${index}].${field}: is that of another item`];
  });
}
