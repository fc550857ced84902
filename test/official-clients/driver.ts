import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A parameter of a call, as the API documents it: lists are lists, and items with fields are objects. */
export type Parameter = string | number | boolean | readonly Parameter[] | { readonly [name: string]: Parameter };
export type Parameters = Readonly<Record<string, Parameter>>;

/** Where a client calls, and as whom. */
export interface Connection {
  /** Host and port. */
  readonly endpoint: string;
  readonly protocol: 'http' | 'https';
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly securityToken?: string;
  /** Certificates to trust, in a PEM file. */
  readonly caFile?: string;
}

/** A call for a driver program to make with one of the SDKs that it holds. */
export interface DriverCall {
  readonly sdk: string;
  readonly signature: 1 | 3;
  readonly method: 'GET' | 'POST';
  readonly action: string;
  readonly params: Parameters;
  readonly connection: Connection;
}

/** What the SDK gave its caller: a body, or an error with what can be read off it. */
export type DriverAnswer =
  | { readonly ok: true; readonly body: Readonly<Record<string, unknown>> }
  | {
      readonly ok: false;
      /** Name of the error's type in the SDK. */
      readonly error: string;
      readonly code?: string;
      readonly message?: string;
      readonly status?: number;
      readonly requestId?: string;
      /** For how long the SDK was asked to wait, as it tells its caller. */
      readonly retryAfter?: number;
      /** Advice of the SDK, where it gives one of its own. */
      readonly recommend?: string;
    };

interface Waiting {
  readonly resolve: (answer: DriverAnswer) => void;
  readonly reject: (error: Error) => void;
}

/** A driver program: a process that makes calls with official SDKs, one JSON line in, one JSON line out. */
export class Driver {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #waiting: Waiting[] = [];
  #stderr = '';
  #ended: Error | undefined;

  constructor(command: string, args: readonly string[], env: NodeJS.ProcessEnv) {
    this.#child = spawn(command, args, { env });
    this.#child.stderr.on('data', (chunk: Buffer) => (this.#stderr = (this.#stderr + chunk.toString()).slice(-4_000)));
    // A driver that ended does not read any more; its callers are told below.
    this.#child.stdin.on('error', () => undefined);
    this.#child.once('error', (error) => this.#end(error));
    this.#child.once('close', () => this.#end(new Error(`${command} ended:\n${this.#stderr}`)));
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      this.#waiting.shift()?.resolve(JSON.parse(line) as DriverAnswer);
    });
  }

  /** Make a call; an error of the SDK is an answer. @throws Error - The program ended. */
  async call(call: DriverCall): Promise<DriverAnswer> {
    if (this.#ended !== undefined) throw this.#ended;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#child.stdin.write(`${JSON.stringify(call)}\n`);
    });
  }

  async stop(): Promise<void> {
    if (this.#ended !== undefined) return;
    const closed = new Promise((resolve) => this.#child.once('close', resolve));
    this.#child.stdin.end();
    await closed;
  }

  #end(error: Error): void {
    this.#ended ??= error;
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }
}
