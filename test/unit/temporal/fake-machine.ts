import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { wheelBinary, wheelDirectory } from '../../../src/temporal/binary-cache.js';
import { findTemporalBinary, type FindBinaryOptions } from '../../../src/temporal/find-binary.js';
import { PINNED_VERSIONS, type TemporalBinaryName } from '../../../src/temporal/pinned-wheels.js';
import type { CommandResult, Environment, RunCommand } from '../../../src/temporal/run-command.js';

/** What a fake binary's file says; it decides how the file answers when it is run. */
export type FakeBinary = `temporal ${string}` | 'temporal-test-server' | 'not a program' | 'another program';

/** What a fake installation does: it may write into the folder, and says how it ended. */
export type FakeInstall = (folder: string) => Promise<Partial<CommandResult>> | Partial<CommandResult>;

const PIP_MISSING: CommandResult = { exitCode: undefined, stdout: '', stderr: '', problem: 'ENOENT' };

/**
 * A machine with nothing on it: files in a temporary folder, a PATH of one empty folder, no python3, no network. Tests
 * put binaries where they want them and replace `pip` and `sdk`.
 */
export class FakeMachine {
  readonly folder = mkdtempSync(join(tmpdir(), 'pvl-find-'));
  readonly cache = join(this.folder, 'cache');
  readonly wheels = wheelDirectory(this.cache);
  /** Commands that were run: `python3`, `node` or the path of a binary. */
  readonly ran: string[] = [];
  readonly said: string[] = [];
  /** The last call of pip. */
  pipCall: { readonly args: readonly string[]; readonly env: Environment } | undefined;
  env: Record<string, string> = { PATH: join(this.folder, 'bin'), PVL_CACHE_DIR: this.cache };
  pip: FakeInstall = () => PIP_MISSING;
  sdk: FakeInstall = () => ({ exitCode: 1, stderr: 'failed to download: no route to host' });

  /** Write a fake binary and return its path. */
  place(path: string, binary: FakeBinary, mode = 0o755): string {
    const absolute = join(this.folder, path);
    mkdirSync(dirname(absolute), { recursive: true });
    writeFileSync(absolute, binary, { mode });
    return absolute;
  }

  /** What pip does when all is well. */
  readonly installPinned: FakeInstall = (folder) => {
    this.fill(folder, `temporal ${PINNED_VERSIONS.temporal}`);
    return { exitCode: 0 };
  };

  /** Write both binaries into a wheel folder. */
  fill(folder: string, cli: FakeBinary): void {
    const binaries = { temporal: cli, 'temporal-test-server': 'temporal-test-server' } as const;
    for (const [name, content] of Object.entries(binaries)) {
      const path = wheelBinary(folder, name as TemporalBinaryName);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, content, { mode: 0o755 });
    }
  }

  readonly find = (name: TemporalBinaryName = 'temporal', options: Partial<FindBinaryOptions> = {}) =>
    findTemporalBinary(name, {
      env: this.env,
      run: this.run,
      platform: 'linux',
      arch: 'x64',
      homeDirectory: this.folder,
      log: (line) => this.said.push(line),
      ...options,
    });

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private readonly run: RunCommand = async (command, args, { env }) => {
    const quiet = { exitCode: undefined, stdout: '', stderr: '' };
    if (command === 'python3') {
      this.ran.push('python3');
      this.pipCall = { args, env };
      return { ...quiet, ...(await this.pip(args[args.indexOf('--target') + 1] ?? '')) };
    }
    if (command === process.execPath) {
      this.ran.push('node');
      return { ...quiet, ...(await this.sdk(args.at(-1) ?? '')) };
    }
    this.ran.push(command);
    return { ...quiet, ...answer(readFileSync(command, 'utf8')) };
  };
}

/** Answers as the real binaries give them. */
function answer(content: string): Partial<CommandResult> {
  if (content === 'not a program') return { problem: 'ENOEXEC' };
  if (content === 'another program') return { exitCode: 2, stderr: 'temporal: unknown option --version\n' };
  if (content === 'temporal-test-server') {
    return {
      exitCode: 1,
      stderr:
        'Exception in thread "main" java.lang.NumberFormatException: For input string: "--version"\n' +
        '\tat io.temporal.testserver.TestServer.main(TestServer.java:22)\n',
    };
  }
  const version = content.replace('temporal ', '');
  return { exitCode: 0, stdout: `temporal version ${version} (Server 1.32.0, UI 2.54.1)\n` };
}
