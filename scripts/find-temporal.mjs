/* Find or install the Temporal binaries for a script; needs the dependencies. */
import { tsImport } from 'tsx/esm/api';
import { say } from './setup.mjs';

/** Find each of the named binaries; ends the process with one message when one cannot be had. */
export async function findTemporal(...names) {
  const { findTemporalBinary } = await tsImport('../src/temporal/find-binary.ts', import.meta.url);
  const found = [];
  for (const name of names) {
    try {
      found.push(await findTemporalBinary(name, { env: process.env, log: say }));
    } catch (error) {
      say(error.name === 'TemporalBinaryNotFoundError' ? error.message : String(error.stack));
      process.exit(1);
    }
  }
  return found;
}
