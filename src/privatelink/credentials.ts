import { DefaultCredentialsProvider } from '@alicloud/credentials';
import { ACCOUNT_PATTERN, DEFAULT_ACCOUNT } from '../model/account.js';
import { checkedTimeoutMs, withDeadline } from './deadline.js';
import { profileProvider } from './profile-credentials.js';

/** What one call is signed with. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** Of temporary (STS) credentials. */
  readonly securityToken?: string;
}

/** Where the credentials of one account come from. */
export interface CredentialsSource {
  /** Say what it is, for logs and errors. Never a secret, never a key id. */
  describe(): string;

  /**
   * Get credentials that are valid now. Asked once for each call, so that temporary ones are renewed during long waits.
   *
   * @throws CredentialsUnavailableError
   */
  get(): Promise<Credentials>;

  /** Forget everything fetched so far. Absent where another `get` could only return the same. */
  refresh?(): void;
}

/** Anything with the one method of the providers of @alicloud/credentials. */
export interface CredentialsProvider {
  getCredentials(): Promise<unknown>;
}

/** Time that fetching credentials may take. */
export const DEFAULT_CREDENTIALS_TIMEOUT_MS = 10_000;

/**
 * No usable credentials came from a source.
 *
 * It is built anew and carries no cause: the vendor's messages quote configuration files and answers of STS.
 */
export class CredentialsUnavailableError extends Error {
  override readonly name = 'CredentialsUnavailableError';

  constructor(source: string, reason: string) {
    super(`No credentials from ${source}: ${reason}`);
  }
}

/**
 * Credentials that are known already.
 *
 * @throws RangeError - An empty key id or secret.
 */
export function staticCredentials(credentials: Credentials): CredentialsSource {
  const usable = usableCredentials(credentials);
  if (usable === undefined) throw new RangeError('Static credentials need an access key id and a secret');
  return { describe: () => 'static credentials', get: async () => usable };
}

/**
 * Credentials as every Alibaba Cloud tool finds them, by @alicloud/credentials: environment, OIDC role, CLI profile,
 * credentials file, ECS RAM role, credentials URI. With a profile: that profile of the credentials file, else of the CLI,
 * and nothing else.
 *
 * The provider renews temporary credentials when they are near their end; nothing is kept here beyond that.
 */
export function defaultChainCredentials(options: { readonly profile?: string | undefined } = {}): CredentialsSource {
  const { profile } = options;
  return profile === undefined
    ? credentialsFrom('the default credential chain', () => DefaultCredentialsProvider.builder().build())
    : credentialsFrom(`the profile "${profile}"`, () => profileProvider(profile));
}

/**
 * Credentials of an account: `default` is the chain, any other name the profile of that name.
 *
 * @throws RangeError - The name cannot be that of a profile.
 */
export function accountCredentials(account: string): CredentialsSource {
  if (account === DEFAULT_ACCOUNT) return defaultChainCredentials();
  if (!ACCOUNT_PATTERN.test(account)) {
    throw new RangeError(
      `${JSON.stringify(account.slice(0, 64))} is no account name: letters, digits, "_", "." and "-"`,
    );
  }
  return defaultChainCredentials({ profile: account });
}

/** Whether a source has credentials now. A worker asks before it polls for an account. Never throws. */
export async function hasCredentials(
  source: CredentialsSource,
  timeoutMs = DEFAULT_CREDENTIALS_TIMEOUT_MS,
): Promise<boolean> {
  try {
    await fetchCredentials(source, timeoutMs);
    return true;
  } catch {
    return false;
  }
}

/**
 * Get credentials in time, and only such as can sign.
 *
 * @throws CredentialsUnavailableError - None, none in time, or the source failed; its own error is not passed on.
 */
export async function fetchCredentials(source: CredentialsSource, timeoutMs: number): Promise<Credentials> {
  const late = new CredentialsUnavailableError(source.describe(), `nothing came within ${timeoutMs} ms`);
  try {
    const got = await withDeadline(
      checkedTimeoutMs('timeoutMs', timeoutMs),
      async () => source.get(),
      () => late,
    );
    const usable = usableCredentials(got);
    if (usable !== undefined) return usable;
  } catch (error) {
    // A source that hangs is asked anew next time instead of being waited for again.
    if (error === late) source.refresh?.();
    if (error instanceof CredentialsUnavailableError) throw error;
    throw new CredentialsUnavailableError(source.describe(), 'the source failed');
  }
  throw new CredentialsUnavailableError(source.describe(), 'an access key id or a secret is missing');
}

/**
 * Ask a provider of the vendor's library, with what its default chain gets wrong set right.
 *
 * The chain keeps the provider that it asked last, even one that failed: after a failure a new chain is built. It notes
 * that provider before the answer is there, so that a second call in the meantime asks only a wrong one: calls at the
 * same time share one question.
 */
function credentialsFrom(name: string, build: () => CredentialsProvider): CredentialsSource {
  let provider: CredentialsProvider | undefined;
  let asking: Promise<Credentials> | undefined;

  const ask = async (): Promise<Credentials> => {
    let asked: CredentialsProvider | undefined;
    try {
      asked = provider ??= build();
      const usable = usableCredentials(await asked.getCredentials());
      if (usable !== undefined) return usable;
    } catch (error) {
      if (provider === asked) provider = undefined;
      throw new CredentialsUnavailableError(name, safeReason(error));
    }
    provider = undefined;
    throw new CredentialsUnavailableError(name, 'an access key id or a secret is missing');
  };

  return {
    describe: () => name,
    get: () => {
      if (asking !== undefined) return asking;
      const started = ask().finally(() => {
        if (asking === started) asking = undefined;
      });
      asking = started;
      return started;
    },
    refresh: () => {
      provider = undefined;
      asking = undefined;
    },
  };
}

function usableCredentials(value: unknown): Credentials | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { accessKeyId, accessKeySecret, securityToken } = value as Record<string, unknown>;
  if (typeof accessKeyId !== 'string' || accessKeyId === '') return undefined;
  if (typeof accessKeySecret !== 'string' || accessKeySecret === '') return undefined;
  return {
    accessKeyId,
    accessKeySecret,
    ...(typeof securityToken === 'string' && securityToken !== '' ? { securityToken } : {}),
  };
}

/** Codes of STS are all that is taken from a message of the vendor's library. */
function safeReason(error: unknown): string {
  const message = error instanceof Error ? error.message : '';
  const codes = [...message.matchAll(/"Code"\s*:\s*"([A-Za-z][A-Za-z.]{0,60})"/g)].map((match) => match[1]);
  return codes.length === 0 ? 'no source has any' : `STS answered ${[...new Set(codes)].join(', ')}`;
}
