import { DEFAULT_ACCOUNT } from '../../contract/task-queues.js';
import {
  accountCredentials,
  CredentialsUnavailableError,
  DEFAULT_CREDENTIALS_TIMEOUT_MS,
  fetchCredentials,
} from '../../privatelink/credentials.js';
import type { CloudConfig } from '../../config.js';
import { fail, pass, warn, type Check } from './check.js';

/**
 * Look for the credentials of each account as a worker does. Says where it looked, never what it found.
 *
 * Nothing is sent to PrivateLink; a profile that assumes a role asks STS for it, as for a worker. For a twin nothing is
 * looked for: it has a key pair of its own.
 *
 * @param served - Accounts that some worker works for, so that credentials on this machine are not missed.
 */
export async function checkCredentials(
  cloud: CloudConfig,
  accounts: readonly string[],
  served: ReadonlySet<string>,
): Promise<Check[]> {
  if (cloud.kind === 'twin') {
    const seen = "the twin's own key pair; credentials of this machine are not looked at";
    return accounts.map((account) => pass(checkOf(account), seen));
  }
  return Promise.all(
    accounts.map(async (account) => {
      const source = accountCredentials(account);
      try {
        await fetchCredentials(source, DEFAULT_CREDENTIALS_TIMEOUT_MS);
        return pass(checkOf(account), `found by ${source.describe()}`);
      } catch (error) {
        if (!(error instanceof CredentialsUnavailableError)) throw error;
        return missing(account, error.message, served.has(account));
      }
    }),
  );
}

function missing(account: string, seen: string, isServed: boolean): Check {
  const places =
    account === DEFAULT_ACCOUNT
      ? 'set ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET, or make a default profile with the aliyun command'
      : `make the profile "${account}" in ~/.alibabacloud/credentials or with the aliyun command`;
  if (isServed) {
    return warn(
      checkOf(account),
      `${seen}; a worker elsewhere works for the account`,
      `Nothing, unless a worker on this machine should do so too: then ${places}.`,
    );
  }
  return fail(
    checkOf(account),
    seen,
    `For a worker on this machine ${places}, or take the account out of PVL_ACCOUNTS; a machine without a worker needs none.`,
    'denied',
  );
}

function checkOf(account: string): string {
  return `account ${account}`;
}
