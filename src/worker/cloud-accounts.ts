import {
  accountCredentials,
  hasCredentials,
  staticCredentials,
  type CredentialsSource,
} from '../privatelink/credentials.js';
import { endpointFor } from '../privatelink/endpoint-address.js';
import { PopCorePrivateLinkApi, type SentCall } from '../privatelink/pop-core-private-link-api.js';
import type { PrivateLinkApi } from '../privatelink/port.js';

/** The one key pair that a twin knows unless it is told otherwise. It opens nothing else. */
export const TWIN_CREDENTIALS = { accessKeyId: 'testid', accessKeySecret: 'testsecret' } as const;

/** Which cloud is meant, as `config.ts` reads it. */
export type Cloud =
  | { readonly kind: 'twin'; readonly url: string }
  | { readonly kind: 'real'; readonly endpoint: string | undefined; readonly network: 'public' | 'vpc' };

/** The accounts that a worker has credentials for, and the API of each of them. */
export interface CloudAccounts {
  /** Accounts with credentials now: only their work is polled. */
  readonly usable: readonly string[];
  /** The others, and where their credentials were looked for. */
  readonly unusable: readonly { readonly account: string; readonly source: string }[];
  /** Look again for credentials of the unusable accounts. @returns Those that have become usable. */
  readonly recheck: () => Promise<readonly string[]>;
  /** The API for one account and region; what is asked for again is the same adapter, with its connections. */
  readonly privateLink: (account: string, regionId: string) => PrivateLinkApi;
}

/** How calls go out, and who is told of them. */
export interface CloudOptions {
  readonly timeoutMs: number;
  readonly userAgent: string;
  /** Told of each call that was sent, when it has ended. */
  readonly onCall?: (place: CallPlace, call: SentCall) => void;
}

/** On whose behalf and where a call was made. */
export interface CallPlace {
  readonly account: string;
  readonly RegionId: string;
}

/**
 * Open the accounts of a worker.
 *
 * With a twin the credentials of the environment are not looked at: a demo or a test cannot touch a real account.
 */
export async function openAccounts(
  cloud: Cloud,
  accounts: readonly string[],
  { onCall, ...options }: CloudOptions,
): Promise<CloudAccounts> {
  const sources = new Map<string, CredentialsSource>(
    accounts.map((account) => [
      account,
      cloud.kind === 'twin' ? staticCredentials(TWIN_CREDENTIALS) : accountCredentials(account),
    ]),
  );
  const usable: string[] = [];
  const withCredentials = async (names: readonly string[]) => {
    const checks = await Promise.all(
      names.map(async (account) => {
        const source = sources.get(account);
        return source !== undefined && (await hasCredentials(source)) ? [account] : [];
      }),
    );
    const found = checks.flat();
    usable.push(...found);
    return found;
  };
  const missing = () => accounts.filter((account) => !usable.includes(account));
  await withCredentials(accounts);
  const apis = new Map<string, PrivateLinkApi>();
  return {
    get usable() {
      return [...usable];
    },
    get unusable() {
      return missing().map((account) => ({ account, source: sources.get(account)?.describe() ?? '' }));
    },
    recheck: () => withCredentials(missing()),
    privateLink: (account, regionId) => {
      const credentials = sources.get(account);
      if (credentials === undefined) throw new Error(`This worker does not know the account "${account}"`);
      const endpoint =
        cloud.kind === 'twin'
          ? endpointFor({ regionId, override: cloud.url })
          : endpointFor({ regionId, network: cloud.network, override: cloud.endpoint });
      // Regions share no connections, even where one address serves them all: one that is slow holds up no other.
      const key = `${account}\n${regionId}\n${endpoint}`;
      const told = onCall && ((call: SentCall) => onCall({ account, RegionId: regionId }, call));
      const known = apis.get(key) ?? new PopCorePrivateLinkApi({ endpoint, credentials, ...options, onCall: told });
      apis.set(key, known);
      return known;
    },
  };
}
