import { parameterDefinition } from '../model/request.js';

/** Which of the two addresses of a region: reachable from anywhere, or only from inside a VPC. */
export type EndpointNetwork = 'public' | 'vpc';

/** What decides the address that calls go to. */
export interface EndpointChoice {
  readonly regionId: string;
  readonly network?: EndpointNetwork | undefined;
  /** An address instead of the region's own: a twin, a proxy. */
  readonly override?: string | undefined;
}

/** Longer than any region id. */
const MAX_REGION_ID = 40;

/**
 * Address of the service in a region, without a trailing slash.
 *
 * @throws RangeError - The region id could name another host, or the override is refused by {@link checkedEndpoint}.
 */
export function endpointFor({ regionId, network = 'public', override }: EndpointChoice): string {
  if (override !== undefined) return checkedEndpoint(override);
  const pattern = parameterDefinition('RegionId').pattern ?? /^(?!)/;
  if (regionId.length > MAX_REGION_ID || !pattern.test(regionId)) {
    throw new RangeError(`${JSON.stringify(regionId.slice(0, MAX_REGION_ID))} is no region id such as "cn-hangzhou"`);
  }
  return `https://privatelink${network === 'vpc' ? '-vpc' : ''}.${regionId}.aliyuncs.com`;
}

/**
 * Check an address and return it as `scheme://host[:port]`.
 *
 * https, or http to a loopback address: over plain http the key id, the security token and a replayable signature would
 * be there for anyone to read. Nothing may follow the host: the path of an RPC call is always `/`.
 *
 * @throws RangeError - Says what is wrong without quoting user or password.
 */
export function checkedEndpoint(address: string): string {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    throw new RangeError('The endpoint is no URL such as "https://privatelink.cn-hangzhou.aliyuncs.com"');
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new RangeError('The endpoint must start with https:// or http://');
  }
  if (url.username !== '' || url.password !== '') throw new RangeError('The endpoint must not carry credentials');
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') {
    throw new RangeError(`The endpoint ${url.origin} must not have a path, a query or a fragment`);
  }
  if (url.protocol === 'http:' && !isLoopback(url)) {
    throw new RangeError(`The endpoint ${url.origin} must use https: plain http is for loopback addresses only`);
  }
  return url.origin;
}

/** Whether an address is on this machine: `localhost`, 127.0.0.0/8 or `::1`. What is no URL is not. */
export function isLoopback(address: string | URL): boolean {
  let host: string;
  try {
    // Parsing also normalises other spellings, such as 127.1 and 0x7f.0.0.1.
    host = new URL(address).hostname;
  } catch {
    return false;
  }
  return host === 'localhost' || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host);
}
