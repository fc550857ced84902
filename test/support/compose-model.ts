import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

/** What `docker compose config --format json` prints, as far as it is looked at. */
export interface ComposeModel {
  readonly services: Readonly<Record<string, ComposeService>>;
}

/** One service, with everything filled in that compose fills in. */
export interface ComposeService {
  readonly image?: string;
  readonly build?: { readonly context: string; readonly dockerfile?: string };
  readonly restart?: string;
  readonly entrypoint?: readonly string[] | null;
  readonly command?: readonly string[] | null;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: unknown;
  readonly logging?: { readonly options?: Readonly<Record<string, string>> };
  readonly ports?: readonly { readonly host_ip?: string; readonly published?: string }[];
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly network_mode?: string;
  readonly configs?: readonly { readonly source: string; readonly target: string }[];
  readonly environment?: Readonly<Record<string, string | null>>;
}

const RESTARTS = ['no', 'always', 'on-failure', 'unless-stopped'];

/** What compose takes and what fails, or does harm, once it is up; in words, nothing where all is well. */
export function composeProblems({ services }: ComposeModel): string[] {
  return Object.entries(services).flatMap(([name, service]) =>
    problemsOf(service, services).map((problem) => `${name}: ${problem}`),
  );
}

function problemsOf(service: ComposeService, services: ComposeModel['services']): string[] {
  const { image, build, restart = 'no', depends_on: needs = {}, logging, ports = [] } = service;
  const problems: string[] = [];
  if (build !== undefined && !existsSync(resolve(build.context, build.dockerfile ?? 'Dockerfile'))) {
    problems.push('its Dockerfile is not there');
  }
  if (!RESTARTS.includes(restart.split(':')[0] ?? '')) problems.push(`"${restart}" is no restart policy`);
  if (restart === 'no') problems.push('nothing starts it again');
  if (build === undefined && !/:[^/]*\d[^/]*$/.test(image ?? ''))
    problems.push(`its image ${image ?? ''} has no version`);
  if (logging?.options?.['max-size'] === undefined) problems.push('its log may fill the disk');
  for (const { host_ip: address, published } of ports) {
    if (address !== '127.0.0.1') problems.push(`port ${published ?? ''} is open to the network`);
  }
  for (const [other, { condition }] of Object.entries(needs)) {
    const needed = services[other];
    // The image of a program of ours says itself how it is looked after.
    const hasCheck = needed?.healthcheck !== undefined || needed?.build !== undefined;
    if (condition === 'service_healthy' && !hasCheck) problems.push(`${other} has no health check to wait for`);
    const endsNever = ['always', 'unless-stopped'].includes(needed?.restart ?? 'no');
    if (condition === 'service_completed_successfully' && endsNever) problems.push(`${other} never ends`);
  }
  return problems;
}
