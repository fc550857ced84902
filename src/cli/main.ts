#!/usr/bin/env node
import { environment, loadTemporalConfig } from '../config.js';
import { runProgram } from './program.js';
import { processTerminal } from './terminal.js';

// A reader that has seen enough, such as `head`, is no error.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

const code = await runProgram(process.argv.slice(2), {
  terminal: processTerminal(),
  env: environment(),
  connect: async (options) => {
    const temporal = loadTemporalConfig();
    const { openSession } = await import('./session.js');
    return openSession(temporal, options);
  },
});
// Nothing that is still open may hold the process back; only what was printed has to be out.
for (const stream of [process.stdout, process.stderr]) {
  await new Promise<void>((resolve) => {
    stream.write('', () => resolve());
  });
}
process.exit(code);
