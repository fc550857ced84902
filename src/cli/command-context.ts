import type { ProvisioningClient } from '../client/provisioning-client.js';
import type { Environment } from '../temporal/run-command.js';
import { EXIT_CODES, type ExitName } from './exit-codes.js';
import { failureJson, failureText, reportOf } from './failure-report.js';
import type { OutputFormat } from './run-output.js';
import type { Terminal } from './terminal.js';

/** What a command needs of a provisioning client. */
export type RunClient = Pick<
  ProvisioningClient,
  | 'start'
  | 'provisionMany'
  | 'state'
  | 'result'
  | 'cancel'
  | 'explain'
  | 'list'
  | 'findOrphans'
  | 'startDeprovision'
  | 'accepted'
  | 'extendDeadline'
  | 'changeOptions'
  | 'retryNow'
>;

/** A client on an open connection. */
export interface Session {
  readonly client: RunClient;
  /** Make a call that a server answers at once: it fails after some seconds. */
  readonly soon: <Result>(call: () => Promise<Result>) => Promise<Result>;
  /** Make a call that may take as long as it likes: it fails when the signal aborts. */
  readonly until: <Result>(signal: AbortSignal, call: () => Promise<Result>) => Promise<Result>;
  readonly close: () => Promise<void>;
}

/** How a session works. */
export interface SessionOptions {
  readonly taskQueue: string;
  readonly onWarning: (message: string) => void;
}

/** What the commands are given; tests replace any of it. */
export interface CommandContext {
  readonly terminal: Terminal;
  readonly env: Environment;
  /** Connect to the server that the environment names. */
  readonly connect: (options: SessionOptions) => Promise<Session>;
}

/** Do something with an open session, and close it in any case. */
export async function withSession<Result>(
  { connect, terminal }: CommandContext,
  taskQueue: string,
  act: (session: Session) => Promise<Result>,
): Promise<Result> {
  const session = await connect({ taskQueue, onWarning: (message) => terminal.err(`warning: ${message}`) });
  try {
    return await act(session);
  } finally {
    await session.close();
  }
}

/** Run the body of a command; an error of it is told as the output format asks. */
export async function reporting(
  { terminal }: CommandContext,
  output: OutputFormat,
  body: () => Promise<ExitName>,
): Promise<number> {
  try {
    return EXIT_CODES[await body()].code;
  } catch (error) {
    const report = reportOf(error);
    if (output === 'json') terminal.out(failureJson(report));
    terminal.err(failureText(report));
    return EXIT_CODES[report.exit].code;
  }
}
