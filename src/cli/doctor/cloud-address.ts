import http from 'node:http';
import https from 'node:https';
import type { CloudConfig } from '../../config.js';
import { formatMs } from '../../model/duration.js';
import { endpointFor } from '../../privatelink/endpoint-address.js';
import { fail, pass, skipped, unknown, warn, type Check } from './check.js';

/** The service refuses a signature whose time differs by more than this from its own. */
const SIGNATURE_LIFETIME_MS = 15 * 60_000;

/** A clock that is kept by NTP is never that wrong. */
const CLOCK_WARN_MS = 60_000;

const CHECKS = { cloud: 'cloud', address: 'address', clock: 'clock' } as const;

/** How the address is asked. */
export interface AddressOptions {
  readonly regionId: string | undefined;
  readonly timeoutMs: number;
  /** Milliseconds since 1970, as the clock of this machine has it. */
  readonly now: () => number;
}

/** An answer to a request without a signature. */
interface UnsignedAnswer {
  readonly status: number;
  readonly date: string | undefined;
  /** The clock of this machine, in the middle between the request and the answer. */
  readonly localMs: number;
  readonly tookMs: number;
}

/**
 * Say which cloud is meant, whether its address answers, and how far the clock of this machine is from its clock.
 *
 * One GET without signature, key or parameters is sent; proxies of the environment are not used, as a worker uses none.
 */
export async function checkCloudAddress(cloud: CloudConfig, options: AddressOptions): Promise<Check[]> {
  const address = addressOf(cloud, options.regionId);
  const name = cloud.kind === 'twin' ? 'TWIN: nothing real is reached' : `REAL, ${networkOf(cloud)}`;
  if (address === undefined) {
    const advice = 'Name a region with --region, and its address is tried.';
    return [
      pass(CHECKS.cloud, name),
      skipped(CHECKS.address, 'each region has its own, and none was named', advice),
      skipped(CHECKS.clock, 'no address was asked', advice),
    ];
  }
  try {
    const answer = await getUnsigned(address, options);
    const seen = `${address} answered HTTP ${answer.status} after ${formatMs(answer.tookMs)}; nothing was signed`;
    return [pass(CHECKS.cloud, name), pass(CHECKS.address, seen), checkClock(answer.date, answer.localMs)];
  } catch (error) {
    const { seen, advice } = whyUnreachable(error, address, cloud, options);
    return [
      pass(CHECKS.cloud, name),
      fail(CHECKS.address, `${address} cannot be reached: ${seen}`, advice, 'unreachable'),
      unknown(CHECKS.clock, 'no answer, and so no Date', 'Make the address reachable, then run pvlctl doctor again.'),
    ];
  }
}

/** Hold the clock of this machine against the `Date` of an answer, which counts whole seconds. */
export function checkClock(date: string | undefined, localMs: number): Check {
  const serviceMs = Date.parse(date ?? '');
  if (Number.isNaN(serviceMs)) {
    return unknown(
      CHECKS.clock,
      date === undefined ? 'the answer has no Date' : 'the Date of the answer cannot be read',
      'Check by hand that the clock of this machine is right: signatures are refused beyond 15 minutes.',
    );
  }
  const differenceMs = localMs - serviceMs;
  const off = Math.abs(differenceMs);
  // Less than a second cannot be told from none.
  const seen =
    off < 1_000
      ? 'agrees with the Date of the answer'
      : `${formatMs(off)} ${differenceMs > 0 ? 'ahead of' : 'behind'} the Date of the answer`;
  if (off < CLOCK_WARN_MS) return pass(CHECKS.clock, seen);
  const advice =
    'Set the clock of this machine, best with NTP: signatures are refused when it is off by more than 15 minutes.';
  return off < SIGNATURE_LIFETIME_MS ? warn(CHECKS.clock, seen, advice) : fail(CHECKS.clock, seen, advice, 'denied');
}

function addressOf(cloud: CloudConfig, regionId: string | undefined): string | undefined {
  if (cloud.kind === 'twin') return endpointFor({ regionId: '', override: cloud.url });
  if (cloud.endpoint !== undefined) return endpointFor({ regionId: '', override: cloud.endpoint });
  return regionId === undefined ? undefined : endpointFor({ regionId, network: cloud.network });
}

function networkOf({ endpoint, network }: Extract<CloudConfig, { kind: 'real' }>): string {
  if (endpoint !== undefined) return 'by the address in PVL_ENDPOINT';
  return network === 'vpc' ? 'by regional addresses inside VPCs' : 'by public regional addresses';
}

function getUnsigned(address: string, { timeoutMs, now }: AddressOptions): Promise<UnsignedAnswer> {
  const started = performance.now();
  const startedAt = now();
  return new Promise((resolve, reject) => {
    const { get } = address.startsWith('https:') ? https : http;
    // An agent of its own: the shared one may be told by the environment to use a proxy.
    const request = get(address, { agent: false, signal: AbortSignal.timeout(timeoutMs) }, (response) => {
      const localMs = (startedAt + now()) / 2;
      response.resume();
      response.once('error', reject);
      response.once('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          date: response.headers.date,
          localMs,
          tookMs: performance.now() - started,
        }),
      );
    });
    request.once('error', reject);
  });
}

function whyUnreachable(
  error: unknown,
  address: string,
  cloud: CloudConfig,
  { timeoutMs }: AddressOptions,
): { readonly seen: string; readonly advice: string } {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const name = error instanceof Error ? error.name : '';
  const { hostname } = new URL(address);
  if (cloud.kind === 'twin') {
    const advice = 'Start a twin there (pvlctl simulator, or pvlctl dev), or correct PVL_TWIN_URL.';
    return { seen: code === 'ECONNREFUSED' ? 'nothing listens there' : code || name, advice };
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    const inside = cloud.network === 'vpc' && cloud.endpoint === undefined;
    return {
      seen: `the name ${hostname} cannot be resolved (${code})`,
      advice: inside
        ? 'Check the region and the name servers; with PVL_NETWORK=vpc the name is known inside VPCs only.'
        : 'Check the region and the name servers of this machine.',
    };
  }
  if (/^(?:CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|ERR_TLS|ERR_SSL|EPROTO|HOSTNAME_MISMATCH)/.test(code)) {
    return {
      seen: `the TLS handshake failed (${code})`,
      advice: 'If something on the way opens TLS connections, have Node trust its certificate (NODE_EXTRA_CA_CERTS).',
    };
  }
  const isLate = name === 'TimeoutError' || name === 'AbortError' || code === 'ETIMEDOUT';
  return {
    seen: isLate ? `no answer within ${formatMs(timeoutMs)}` : code || name,
    advice: 'Let this machine connect to it directly: proxies of the environment are not used, by a worker neither.',
  };
}
