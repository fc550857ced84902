import { readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SRC = path.join(ROOT, 'src');
const folders = readdirSync(SRC, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

/** The project's own rules, less those that need types: the files below do not exist. */
const eslint = new ESLint({
  cwd: ROOT,
  overrideConfig: [{ files: ['**/*.ts'], ...tseslint.configs.disableTypeChecked }] as ESLint.Options['overrideConfig'] &
    object,
});

/** Names of the rules that a file breaks. */
async function brokenRules(file: string, text: string): Promise<(string | null)[]> {
  const [result] = await eslint.lintText(text, { filePath: path.join(ROOT, file) });
  return (result?.messages ?? []).map(({ ruleId, fatal, message }) => (fatal === true ? message : ruleId));
}

const IMPORTS = '@typescript-eslint/no-restricted-imports';

describe('the rooms of the house', () => {
  it.each([
    {
      file: 'src/model/x.ts',
      text: `import { z } from 'zod';\nexport const x = z;`,
      reason: 'the model imports nothing',
    },
    {
      file: 'src/model/x.ts',
      text: `import fs from 'node:fs';\nexport const x = fs;`,
      reason: 'the model imports nothing, Node neither',
    },
    {
      file: 'src/model/x.ts',
      text: `import type { A } from '../contract/input.js';\nexport type X = A;`,
      reason: 'the model knows no callers, not even their types',
    },
    { file: 'src/model/x.ts', text: `export { x } from '../contract/input.js';`, reason: 'to hand on is to import' },
    {
      file: 'src/contract/x.ts',
      text: `import { z } from 'zod';\nexport const x = z;`,
      reason: 'workflows import the contract: zod would come with it',
    },
    {
      file: 'src/contract/x.ts',
      text: `import { Client } from '@temporalio/client';\nexport const x = Client;`,
      reason: 'the contract is of workflows too',
    },
    {
      file: 'src/schema/x.ts',
      text: `import { x } from '../client/index.js';\nexport const y = x;`,
      reason: 'the schema knows no callers',
    },
    {
      file: 'src/workflows/x.ts',
      text: `import { createX } from '../activities/index.js';\nexport const x = createX;`,
      reason: 'an activity drags HTTP into the sandbox',
    },
    {
      file: 'src/workflows/x.ts',
      text: `import { checkInput } from '../schema/check-input.js';\nexport const x = checkInput;`,
      reason: 'zod stays out of workflow code',
    },
    {
      file: 'src/workflows/x.ts',
      text: `import { createHash } from 'node:crypto';\nexport const x = createHash;`,
      reason: 'the sandbox has no Node',
    },
    {
      file: 'src/workflows/x.ts',
      text: `import type { A } from '../privatelink/port.js';\nexport type X = A;`,
      reason: 'the workflow never sees HTTP',
    },
    {
      file: 'src/activities/x.ts',
      text: `import { A } from '../privatelink/pop-core-private-link-api.js';\nexport const x = A;`,
      reason: 'activities know the port, not the adapter',
    },
    {
      file: 'src/activities/x.ts',
      text: `import { A } from '../workflows/index.js';\nexport const x = A;`,
      reason: 'activities know no workflows',
    },
    {
      file: 'src/privatelink/x.ts',
      text: `import { log } from '@temporalio/activity';\nexport const x = log;`,
      reason: 'the adapter never sees Temporal',
    },
    {
      file: 'src/privatelink/x.ts',
      text: `import type { A } from '../contract/result.js';\nexport type X = A;`,
      reason: 'the adapter knows no contract',
    },
    {
      file: 'src/client/x.ts',
      text: `import { A } from '../privatelink/index.js';\nexport const x = A;`,
      reason: 'the client never calls the cloud',
    },
    {
      file: 'src/client/x.ts',
      text: `import type { A } from '../privatelink/port.js';\nexport type X = A;`,
      reason: 'the client never calls the cloud',
    },
    {
      file: 'src/client/x.ts',
      text: `import { A } from '../workflows/index.js';\nexport const x = A;`,
      reason: 'of workflows the client knows types',
    },
    {
      file: 'src/client/x.ts',
      text: `import { loadWorkerConfig } from '../config.js';\nexport const x = loadWorkerConfig;`,
      reason: 'a library reads no environment',
    },
    {
      file: 'src/simulator/x.ts',
      text: `import type { A } from '../privatelink/port.js';\nexport type X = A;`,
      reason: 'a twin that shares code with its client proves nothing',
    },
    {
      file: 'src/simulator/engine/actions/x.ts',
      text: `import { A } from '../../twin/faults.js';\nexport const x = A;`,
      reason: 'the state machine knows no faults',
    },
    {
      file: 'src/simulator/engine/x.ts',
      text: `import { createServer } from 'node:http';\nexport const x = createServer;`,
      reason: 'the state machine knows no network',
    },
    {
      file: 'src/simulator/twin/x.ts',
      text: `import type { A } from '../wire/signature.js';\nexport type X = A;`,
      reason: 'a twin works without a network',
    },
    {
      file: 'src/cli/x.ts',
      text: `import { A } from '../privatelink/index.js';\nexport const x = A;`,
      reason: 'the command line goes through the client',
    },
    {
      file: 'src/cli/doctor/x.ts',
      text: `import { A } from '../../privatelink/pop-core-client.js';\nexport const x = A;`,
      reason: 'a doctor uses what a worker uses',
    },
    {
      file: 'src/worker/x.ts',
      text: `import { A } from '../simulator/index.js';\nexport const x = A;`,
      reason: 'a worker in production has no twin inside',
    },
  ])('$file may not: $reason ($text)', async ({ file, text }) => {
    expect(await brokenRules(file, text)).toContain(IMPORTS);
  });

  it.each([
    { file: 'src/model/x.ts', text: `import { A } from './request.js';\nexport const x = A;` },
    {
      file: 'src/contract/x.ts',
      text: `import { defineQuery } from '@temporalio/workflow';\nexport const x = defineQuery;`,
    },
    { file: 'src/schema/x.ts', text: `import { z } from 'zod';\nexport const x = z;` },
    { file: 'src/workflows/x.ts', text: `import type { A } from '../activities/index.js';\nexport type X = A;` },
    { file: 'src/workflows/x.ts', text: `import { A } from '../contract/messages.js';\nexport const x = A;` },
    { file: 'src/activities/x.ts', text: `import { A } from '../privatelink/port.js';\nexport const x = A;` },
    { file: 'src/client/x.ts', text: `import type { A } from '../workflows/index.js';\nexport type X = A;` },
    {
      file: 'src/cli/x.ts',
      text: `import { loadWorkerConfig } from '../config.js';\nexport const x = loadWorkerConfig;`,
    },
    { file: 'src/simulator/wire/x.ts', text: `import { A } from '../twin/faults.js';\nexport const x = A;` },
    { file: 'src/worker/x.ts', text: `import { A } from '../privatelink/index.js';\nexport const x = A;` },
    { file: 'src/cli/doctor/x.ts', text: `import { A } from '../../privatelink/port.js';\nexport const x = A;` },
  ])('$file may: $text', async ({ file, text }) => {
    expect(await brokenRules(file, text)).toEqual([]);
  });

  it.each(folders)('src/%s states what it may import', async (folder) => {
    const config = (await eslint.calculateConfigForFile(path.join(SRC, folder, 'x.ts'))) as {
      rules?: Record<string, unknown>;
    };
    expect(config.rules?.[IMPORTS]).toMatchObject([
      2,
      { patterns: expect.arrayContaining([expect.anything()]) as unknown },
    ]);
  });

  it('has nothing beside its rooms but the settings, the version, and where they are put together', () => {
    const files = readdirSync(SRC, { withFileTypes: true }).filter((entry) => entry.isFile());
    expect(files.map(({ name }) => name).sort()).toEqual([
      'composition.ts',
      'config.ts',
      'version.ts',
      'worker-plugin.ts',
      'worker.ts',
    ]);
  });
});

describe('the rules of every room', () => {
  it.each([
    {
      file: 'src/foo.ts',
      text: `export const x = process.env.HOME;`,
      rule: 'no-restricted-properties',
      reason: 'only config.ts reads the environment',
    },
    {
      file: 'src/cli/x.ts',
      text: `export const x = process.env.HOME;`,
      rule: 'no-restricted-properties',
      reason: 'only config.ts reads the environment',
    },
    {
      file: 'src/workflows/x.ts',
      text: `export const x = () => fetch('http://x');`,
      rule: 'no-restricted-globals',
      reason: 'the sandbox has no network',
    },
    {
      file: 'src/model/x.ts',
      text: `export const x = () => process.pid;`,
      rule: 'no-restricted-globals',
      reason: 'the model runs in the sandbox',
    },
    { file: 'src/model/x.ts', text: `export default 1;`, rule: 'no-restricted-syntax', reason: 'export by name' },
    {
      file: 'src/model/x.ts',
      text: `export * from './request.js';`,
      rule: 'no-restricted-syntax',
      reason: 're-export by name',
    },
    {
      file: 'src/model/x.ts',
      text: `export enum X { A }`,
      rule: 'no-restricted-syntax',
      reason: 'no TypeScript enums',
    },
  ])('$rule in $file: $reason', async ({ file, text, rule }) => {
    expect(await brokenRules(file, text)).toContain(rule);
  });

  it('let config.ts read the environment', async () => {
    expect(await brokenRules('src/config.ts', `export const x = process.env.HOME;`)).toEqual([]);
  });
});
