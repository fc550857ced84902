import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseScenario, parseWorld, startSimulator, type Simulator } from '../../../src/simulator/index.js';
import { VALID_CREATE } from '../simulator/fixture.js';

const run = promisify(execFile);
const page = readFileSync(new URL('../../../docs/simulator.md', import.meta.url), 'utf8');
const blocks = (language: string) =>
  [...page.matchAll(new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 'gs'))].map(([, text = '']) => text);

/** Each command of the page that goes to the control port, several lines of one included. */
const commands = blocks('sh').flatMap((block) =>
  block
    .split(/\n(?=curl )/)
    .map((command) => command.trim())
    .filter((command) => command.startsWith('curl') && command.includes('$CONTROL')),
);

describe('docs/simulator.md', () => {
  let twin: Simulator;
  let ID: string;
  beforeAll(async () => {
    twin = await startSimulator({ control: true });
    ID = String(
      twin.engine.call({ action: 'CreateVpcEndpoint', parameters: VALID_CREATE, accountId: '1' }).body['EndpointId'],
    );
  });
  afterAll(() => twin.close());

  it('has commands to run', () => {
    expect(commands.length).toBeGreaterThan(10);
  });

  it.each(commands)('%s works as it stands', async (command) => {
    const env = {
      PATH: process.env['PATH'] ?? '',
      CONTROL: twin.controlUrl ?? '',
      ID,
      JSON: 'content-type: application/json',
    };
    const { stdout } = await run('bash', ['-c', command], { env });
    const answer = JSON.parse(stdout) as object;
    expect(answer).not.toHaveProperty('error');
  });

  it('shows a scenario and a world that can be read', () => {
    const [scenario, world] = blocks('yaml').map((text) => parse(text) as unknown);
    expect(parseScenario(scenario).faults).toHaveLength(3);
    expect(parseWorld(world)).toMatchObject({ open: false, vpcs: [{ VpcId: 'vpc-1', endpointQuota: 10 }] });
  });
});
