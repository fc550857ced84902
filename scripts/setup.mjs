/*
 * What each script needs before it does its own work: the dependencies, and the compiled project. Only Node's own modules
 * are imported here, since nothing else may be installed yet, and the syntax is one that old versions of Node can read,
 * so that they come as far as the message about their age.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's folder. */
export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');

const MINIMUM_NODE = [20, 19];
/** The exit code for a wrong configuration (EX_CONFIG). */
const EXIT_CONFIG = 78;

/** Written last by a build, so that its age is that of the whole build. */
const BUILD_PRODUCT = join('lib', 'workflow-bundle.js');
const BUILD_INPUTS = [
  'src',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'scripts/build.mjs',
  'scripts/bundle-workflows.mjs',
];

/** Make sure that Node is new enough and that node_modules is what package-lock.json says; else install it. */
export function ensureDependencies(root = ROOT) {
  if (!isNodeNewEnough(process.versions.node)) {
    say(`Node ${MINIMUM_NODE.join('.')} or newer is needed; this is ${process.version} (${process.execPath}).`);
    process.exit(EXIT_CONFIG);
  }
  const reason = installReason(root);
  if (reason === undefined) return;
  say(`Installing dependencies with npm ci: ${reason}`);
  runOrExit(process.platform === 'win32' ? 'npm.cmd' : 'npm', ['ci', '--no-audit', '--no-fund'], root);
}

/** Make sure that lib/ holds the compiled project; else build it. */
export function ensureBuilt(root = ROOT) {
  const reason = buildReason(root);
  if (reason === undefined) return;
  say(`Building: ${reason}`);
  runOrExit(process.execPath, [join(root, 'scripts', 'build.mjs')], root);
}

/** Tell whether a version such as `20.19.0` is new enough. */
export function isNodeNewEnough(version) {
  const [major, minor] = version.split('.').map(Number);
  return major > MINIMUM_NODE[0] || (major === MINIMUM_NODE[0] && minor >= MINIMUM_NODE[1]);
}

/** Why the dependencies have to be installed, or `undefined` when they are there. */
export function installReason(root) {
  const installed = readPackages(join(root, 'node_modules', '.package-lock.json'));
  if (installed === undefined) return 'there is no complete node_modules';
  const locked = readPackages(join(root, 'package-lock.json')) || {};
  for (const path of Object.keys(locked)) {
    if (path === '') continue;
    const wanted = locked[path];
    const present = installed[path];
    // Optional packages are left out on platforms that they are not for.
    if (present === undefined && (wanted.optional || wanted.devOptional || wanted.peer)) continue;
    const name = path.replace(/^.*node_modules\//, '');
    if (present === undefined) return `${name} ${wanted.version} is missing`;
    if (present.version !== wanted.version || present.integrity !== wanted.integrity) {
      return `${name} is ${present.version}, and package-lock.json wants ${wanted.version}`;
    }
  }
  return undefined;
}

/** Why the project has to be built, or `undefined` when the last build is newer than all its inputs. */
export function buildReason(root) {
  const product = join(root, BUILD_PRODUCT);
  if (!existsSync(product)) return 'there is no finished build in lib/';
  const built = statSync(product).mtimeMs;
  for (const input of BUILD_INPUTS) {
    const changed = firstNewerThan(join(root, input), built);
    if (changed !== undefined) return `${changed.slice(root.length + 1)} changed since the last build`;
  }
  return undefined;
}

/**
 * Run another program in our place: the terminal is its, signals that we get are passed on, and we end as it ends.
 *
 * @returns {Promise<never>}
 */
export function become(command, args) {
  const child = spawn(command, args, { stdio: 'inherit' });
  // Ctrl-C reaches the child from the terminal itself; we only must not end before it.
  process.on('SIGINT', () => {});
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  return new Promise(() => {
    child.once('error', (error) => {
      say(`Cannot start ${command}: ${error.message}`);
      process.exit(1);
    });
    child.once('exit', (code, signal) => process.exit(code === null ? 128 + constants.signals[signal] : code));
  });
}

/** Tell the user something; standard output belongs to what the script was called for. */
export function say(line) {
  process.stderr.write(`${line}\n`);
}

function readPackages(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

/** The first file or folder below a path that changed after a time; a folder changes when an entry comes or goes. */
function firstNewerThan(path, time) {
  if (!existsSync(path)) return undefined;
  const stats = statSync(path);
  if (stats.mtimeMs > time) return path;
  if (!stats.isDirectory()) return undefined;
  for (const entry of readdirSync(path)) {
    const newer = firstNewerThan(join(path, entry), time);
    if (newer !== undefined) return newer;
  }
  return undefined;
}

function runOrExit(command, args, cwd) {
  // What it prints goes to standard error: standard output belongs to what the script was called for.
  const { status, error } = spawnSync(command, args, { cwd, stdio: ['ignore', 2, 2] });
  if (error !== undefined) say(`Cannot start ${command}: ${error.message}`);
  if (status !== 0) process.exit(status === null ? 1 : status);
}
