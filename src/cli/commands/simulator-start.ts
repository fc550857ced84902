import { parseScenario, parseWorld, ScenarioError, type Scenario, type TimeToActive } from '../../simulator/index.js';
import { readDocument } from '../read-document.js';
import { InputFileError } from '../read-input.js';
import type { SimulatorCommandOptions } from './local.js';

/** Where neither an option nor the scenario says it. */
const USUAL_TIME_TO_ACTIVE: TimeToActive = { afterMs: 20_000 };

/**
 * Read how a twin starts: from its scenario file, and from the options, which come before it.
 *
 * @throws InputFileError - A file cannot be read, or something in it is wrong: the message lists every mistake.
 */
export async function readStart(
  options: Pick<SimulatorCommandOptions, 'scenario' | 'world' | 'seed' | 'timeToActive'>,
  stdin: AsyncIterable<Uint8Array | string>,
): Promise<Scenario> {
  const scenario = options.scenario === undefined ? {} : await read(options.scenario, stdin, parseScenario);
  const world =
    options.world === undefined ? undefined : await read(options.world, stdin, (value) => parseWorld(value));
  return {
    ...scenario,
    ...(options.seed === undefined ? {} : { seed: options.seed }),
    settings: {
      timeToActive: USUAL_TIME_TO_ACTIVE,
      ...scenario.settings,
      ...(options.timeToActive === undefined ? {} : { timeToActive: { afterMs: options.timeToActive } }),
      ...(world === undefined ? {} : { world }),
    },
  };
}

async function read<Result>(
  file: string,
  stdin: AsyncIterable<Uint8Array | string>,
  parse: (value: unknown) => Result,
): Promise<Result> {
  const value = await readDocument(file, stdin);
  try {
    return parse(value);
  } catch (error) {
    if (error instanceof ScenarioError) {
      throw new InputFileError(
        `${file} is no scenario:\n${error.problems.map((problem) => `- ${problem}`).join('\n')}`,
      );
    }
    if (error instanceof TypeError) throw new InputFileError(`${file} is no world: ${error.message}`);
    throw error;
  }
}
