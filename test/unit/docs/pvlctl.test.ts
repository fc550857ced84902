import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { acceptedCommand, changeCommand, extendCommand, retryNowCommand } from '../../../src/cli/commands/controls.js';
import { deleteCommand } from '../../../src/cli/commands/delete.js';
import { doctorCommand } from '../../../src/cli/commands/doctor.js';
import { explainCommand } from '../../../src/cli/commands/explain.js';
import { devCommand, schemaCommand, simulatorCommand, workerCommand } from '../../../src/cli/commands/local.js';
import { listCommand } from '../../../src/cli/commands/list.js';
import { orphansCommand } from '../../../src/cli/commands/orphans.js';
import { provisionCommand } from '../../../src/cli/commands/provision.js';
import { cancelCommand, resultCommand, statusCommand } from '../../../src/cli/commands/runs.js';
import type { CommandContext } from '../../../src/cli/command-context.js';
import { INPUT_FIELDS } from '../../../src/contract/input.js';
import { PHASES } from '../../../src/contract/messages.js';
import { CHECKS } from '../../../src/model/preflight.js';

const docs = (name: string) => readFileSync(new URL(`../../../docs/${name}`, import.meta.url), 'utf8');
const nothing = async () => undefined;
const commands: readonly Command[] = [
  provisionCommand({ env: {} } as CommandContext, nothing),
  deleteCommand({ env: {} } as CommandContext, nothing),
  ...[statusCommand, resultCommand, cancelCommand].map((command) => command(nothing)),
  acceptedCommand(nothing),
  extendCommand(nothing),
  changeCommand(nothing),
  retryNowCommand(nothing),
  listCommand(nothing),
  orphansCommand({ env: {} } as CommandContext, nothing),
  explainCommand(nothing),
  doctorCommand(nothing),
  workerCommand(nothing),
  devCommand(nothing),
  simulatorCommand(nothing),
  schemaCommand(nothing),
];

describe('docs/pvlctl.md', () => {
  it.each(commands.map((command) => [command.name(), command] as const))(
    'tells every option of %s',
    (name, command) => {
      const page = docs('pvlctl.md');
      expect(page).toMatch(new RegExp(`^\\| \`${name}(?: ID| CODE)?\``, 'm'));
      const untold = command.options.map(({ long }) => long ?? '').filter((option) => !page.includes(`\`${option}`));
      expect(untold).toEqual([]);
    },
  );

  it('tells no option that does not exist', () => {
    const known = new Set(commands.flatMap(({ options }) => options.map(({ long }) => long)));
    const told = [...docs('pvlctl.md').matchAll(/(?<=[`\s])--[a-z][\w-]+/g)].map(([option]) => option);
    expect(told.filter((option) => !known.has(option) && option !== '--help')).toEqual([]);
  });
});

describe('docs/contract.md', () => {
  it('tells every check of a dry run, and its question', () => {
    const page = docs('contract.md').replace(/ +/g, ' ');
    const rows = Object.entries(CHECKS).map(([name, question]) => `| \`${name}\` | ${question} |`);
    expect(rows.filter((row) => !page.includes(row))).toEqual([]);
  });

  it('tells every field of the input and every phase', () => {
    const page = docs('contract.md');
    const names = [...INPUT_FIELDS.filter((field) => field !== 'retry'), 'retry.quota', 'retry.status', ...PHASES];
    expect(names.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });
});
