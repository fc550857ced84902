import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { appendFile, chown, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const HOST = '127.0.0.1';
const START_TRIES = 40;
const TRY_MS = 500;
/** Where Debian puts what is not meant for the PATH: one folder a version. */
const DEBIAN = '/usr/lib/postgresql';

/** A database server on this machine; plain data, for another process to use. */
export interface PostgresqlPlace {
  /** Folder of its data, its log and its password. It may be entered by the user `nobody`. */
  readonly folder: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

/** Make a database server and start it. It runs until `stopPostgresql`, whoever started it. */
export async function createPostgresql(place: PostgresqlPlace): Promise<void> {
  const { folder, port, user, password } = place;
  const passwordFile = join(folder, 'password');
  await mkdir(folder, { recursive: true });
  await writeFile(passwordFile, password);
  const { uid, gid } = await owner();
  await Promise.all([folder, passwordFile].map((path) => chown(path, uid, gid)));
  await tool('initdb', [
    ...['--pgdata', data(place), '--username', user, '--pwfile', passwordFile],
    ...['--auth=scram-sha-256', '--encoding=UTF8', '--locale=C.UTF-8'],
  ]);
  const settings = { listen_addresses: `'${HOST}'`, port, unix_socket_directories: `''`, max_connections: 200 };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}\n`);
  await appendFile(join(data(place), 'postgresql.conf'), lines.join(''));
  await startPostgresql(place);
}

/** Start it, also after a kill, and wait until it takes connections. */
export async function startPostgresql(place: PostgresqlPlace): Promise<void> {
  const log = join(place.folder, 'log');
  for (let tries = 1; ; tries++) {
    try {
      await tool('pg_ctl', ['--pgdata', data(place), '--log', log, '--wait', 'start']);
      return;
    } catch (error) {
      // For a moment after a kill its children hold what it had, and where nobody reaps the dead its lock looks alive.
      if (tries === START_TRIES) throw new Error(`PostgreSQL does not start:\n${await tail(log)}`, { cause: error });
      await removeLockOfDead(place);
      await pause(TRY_MS);
    }
  }
}

/** End it in order. */
export async function stopPostgresql(place: PostgresqlPlace): Promise<void> {
  await tool('pg_ctl', ['--pgdata', data(place), '--mode', 'fast', '--wait', 'stop']);
}

/** End it as a crash of the machine would. */
export async function killPostgresql(place: PostgresqlPlace): Promise<void> {
  process.kill(await pidOfPostgresql(place), 'SIGKILL');
}

/** Drop databases; those that are not there are none of its business. */
export async function dropDatabases(place: PostgresqlPlace, names: readonly string[]): Promise<void> {
  const env = { ...process.env, PGPASSWORD: place.password };
  const where = ['--host', HOST, '--port', String(place.port), '--username', place.user];
  for (const name of names) {
    await run(await find('dropdb'), [...where, '--maintenance-db', 'postgres', '--if-exists', '--force', name], {
      env,
    });
  }
}

const data = ({ folder }: PostgresqlPlace) => join(folder, 'data');

/** The process of which all others of it are children. */
export async function pidOfPostgresql(place: PostgresqlPlace): Promise<number> {
  const [pid = ''] = (await readFile(join(data(place), 'postmaster.pid'), 'utf8')).split('\n');
  return Number(pid);
}

async function removeLockOfDead(place: PostgresqlPlace): Promise<void> {
  const lock = join(data(place), 'postmaster.pid');
  if (!existsSync(lock)) return;
  const status = await readFile(`/proc/${await pidOfPostgresql(place)}/status`, 'utf8').catch(() => '');
  if (/^State:\s+Z/m.test(status)) await rm(lock);
}

/** PostgreSQL refuses to run as root: then it is `nobody` who runs it. */
async function owner(): Promise<{ uid: number; gid: number }> {
  const [uid = 0, gid = 0] = [process.getuid?.(), process.getgid?.()];
  if (uid !== 0) return { uid, gid };
  const ids = await Promise.all(['-u', '-g'].map((which) => run('id', [which, 'nobody'])));
  const [nobody = NaN, group = NaN] = ids.map(({ stdout }) => Number(stdout));
  return { uid: nobody, gid: group };
}

async function tool(name: string, args: readonly string[]): Promise<void> {
  await run(await find(name), [...args], { ...(await owner()), cwd: '/' });
}

async function find(name: string): Promise<string> {
  const versions = await readdir(DEBIAN).catch(() => []);
  const newestFirst = versions.sort((one, other) => Number(other) - Number(one));
  const folders = [...(process.env['PATH'] ?? '').split(':'), ...newestFirst.map((of) => join(DEBIAN, of, 'bin'))];
  const found = folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
  if (found === undefined) throw new Error(`There is no ${name} here: install PostgreSQL, or put it on the PATH`);
  return found;
}

async function tail(file: string): Promise<string> {
  return (await readFile(file, 'utf8').catch(() => '')).split('\n').slice(-10).join('\n');
}
