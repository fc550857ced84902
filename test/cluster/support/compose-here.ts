import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parse, stringify } from 'yaml';
import type { ComposeModel, ComposeService } from '../../support/compose-model.js';
import { deploymentTools } from '../../support/deployment-tools.js';

const COMPOSE_FILE = fileURLToPath(new URL('../../../docker-compose.yml', import.meta.url));
const run = promisify(execFile);

/** What of docker-compose.yml a cluster on this machine is made of. */
export interface ClusterModel extends ComposeModel {
  readonly configs: Readonly<Record<string, { readonly content?: string }>>;
}

/** Where the containers' addresses are on this machine. */
export interface Addresses {
  readonly postgresqlPort: number;
  readonly frontendPort: number;
}

/** docker-compose.yml as the real docker compose reads it, with the defaults of its variables. */
export async function readCompose(): Promise<ClusterModel> {
  const { compose } = await deploymentTools();
  const env = { PATH: process.env['PATH'], HOME: '/nonexistent' };
  const { stdout } = await run(compose, ['-f', COMPOSE_FILE, 'config', '--format', 'json'], { env });
  return JSON.parse(stdout) as ClusterModel;
}

/** A service of the file; its absence is an error. */
export function serviceOf({ services }: ClusterModel, name: string): ComposeService {
  const service = services[name];
  if (service === undefined) throw new Error(`docker-compose.yml has no service ${name}`);
  return service;
}

/** `1.32.0` of an image. */
export function versionOf({ image = '' }: ComposeService): string {
  return image.split(':').at(-1) ?? '';
}

/** The environment of a service, with what only its containers know put in the words of this machine. */
export function environmentHere(service: ComposeService, { postgresqlPort, frontendPort }: Addresses) {
  const ports: Readonly<Record<string, number>> = { SQL_PORT: postgresqlPort, DB_PORT: postgresqlPort };
  return Object.fromEntries(
    Object.entries(service.environment ?? {}).map(([name, value]) => [
      name,
      String(ports[name] ?? value ?? '')
        .replace(/^temporal:7233$/, `127.0.0.1:${frontendPort}`)
        .replace(/^(?:postgresql|0\.0\.0\.0)$/, '127.0.0.1'),
    ]),
  );
}

/** What a one-shot prints; it ends with 0, or this fails with what it printed. */
export async function runOneShot(
  model: ClusterModel,
  name: string,
  addresses: Addresses,
  folders: readonly string[],
  more: Readonly<Record<string, string>> = {},
): Promise<string> {
  const service = serviceOf(model, name);
  // The file has $$ for what compose is not to replace.
  const [program = '', ...args] = [...(service.entrypoint ?? []), ...(service.command ?? [])].map((text) =>
    text.replaceAll('$$', '$'),
  );
  const PATH = [...folders, process.env['PATH'] ?? ''].join(':');
  const env = { ...environmentHere(service, addresses), PATH, HOME: '/nonexistent', ...more };
  const { stdout, stderr } = await run(program, args, { env, maxBuffer: 1 << 24 });
  return stdout + stderr;
}

/** The server's dynamic configuration in the file, and `KEY=VALUE` over it. */
export function dynamicConfiguration({ configs }: ClusterModel, entries: readonly string[]): string {
  const content = configs['dynamic-config']?.content;
  if (content === undefined) throw new Error('docker-compose.yml has no config dynamic-config');
  const ours = entries.map((entry) => {
    const [key = '', value = ''] = entry.split(/=(.*)/s);
    return [key, [{ value: JSON.parse(value) as unknown }]] as const;
  });
  return stringify({ ...(parse(content) as object), ...Object.fromEntries(ours) });
}

/**
 * The ten ports of a server, which containers keep apart by having addresses of their own. The numbers of the membership
 * ports go into columns of two bytes: none may be above 32767.
 */
export function serverPorts(base: number): Record<string, string> {
  const offsets = {
    FRONTEND: [33, 3],
    HISTORY: [34, 4],
    MATCHING: [35, 5],
    WORKER: [39, 9],
  };
  const ports = Object.entries(offsets).flatMap(([name, [grpc = 0, membership = 0]]) => [
    [`${name}_GRPC_PORT`, String(base + grpc)],
    [`${name}_MEMBERSHIP_PORT`, String(base + membership)],
  ]);
  return {
    ...(Object.fromEntries(ports) as Record<string, string>),
    FRONTEND_HTTP_PORT: String(base + 43),
    PROMETHEUS_ENDPOINT: `127.0.0.1:${base + 60}`,
  };
}

/** From a port of the frontend to the base of `serverPorts`, and back. */
export const FRONTEND_OFFSET = 33;

/** Path of the file that the server's variable names, in a folder of this machine. */
export const dynamicConfigFile = (folder: string) => join(folder, 'dynamic-config.yaml');
