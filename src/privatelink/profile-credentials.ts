import { CLIProfileCredentialsProvider, ProfileCredentialsProvider } from '@alicloud/credentials';
import type { CredentialsProvider } from './credentials.js';

/** A profile is not there, or is not whole. */
class ProfileProblem extends Error {
  readonly absent: boolean;

  constructor(message: string, absent: boolean) {
    super(message);
    this.absent = absent;
  }
}

/** Kinds of profile that hold a key pair of their own, as the credentials file and the CLI name them. */
const KINDS_WITH_KEYS: ReadonlySet<string> = new Set(['access_key', 'ram_role_arn', 'AK', 'StsToken', 'RamRoleArn']);

/**
 * The profile of a name: of the credentials file, else of the CLI's configuration.
 *
 * The CLI is asked only where the file has no such profile. A profile that is there and fails is the answer: falling
 * through could act for another account that happens to have the same name.
 */
export function profileProvider(profile: string): CredentialsProvider {
  let chosen: CredentialsProvider | undefined;
  return {
    async getCredentials() {
      if (chosen !== undefined) return chosen.getCredentials();
      const file = fileProfile(profile);
      try {
        const credentials = await file.getCredentials();
        chosen = file;
        return credentials;
      } catch (error) {
        if (!isAbsent(error)) throw error;
      }
      const cli = cliProfile(profile);
      const credentials = await cli.getCredentials();
      chosen = cli;
      return credentials;
    },
  };
}

function fileProfile(profile: string): CredentialsProvider {
  return withOwnKeys(ProfileCredentialsProvider.builder().withProfileName(profile).build(), (ini) =>
    section(ini, profile),
  );
}

function cliProfile(profile: string): CredentialsProvider {
  return withOwnKeys(
    CLIProfileCredentialsProvider.builder().withProfileName(profile).build(),
    (configuration, name = profile) => {
      const profiles: unknown = field(configuration, 'profiles');
      return Array.isArray(profiles) ? profiles.find((entry: unknown) => field(entry, 'name') === name) : undefined;
    },
  );
}

/**
 * Check the profile before its provider is built.
 *
 * The vendor's library fills a missing key of a profile from the environment: a worker would then act for the account of
 * the environment while it believes to act for the account of the profile. Such a profile is refused.
 */
function withOwnKeys(
  provider: CredentialsProvider,
  find: (configuration: unknown, name: string | undefined) => unknown,
): CredentialsProvider {
  const build = Reflect.get(provider, 'getCredentialsProvider') as (...given: unknown[]) => unknown;
  Reflect.set(provider, 'getCredentialsProvider', (configuration: unknown, name?: string) => {
    const found = find(configuration, name);
    const kind = field(found, 'type') ?? field(found, 'mode');
    if (typeof kind !== 'string') throw new ProfileProblem('no such profile', true);
    if (
      KINDS_WITH_KEYS.has(kind) &&
      !(isText(field(found, 'access_key_id')) && isText(field(found, 'access_key_secret')))
    ) {
      throw new ProfileProblem('the profile has no keys of its own', false);
    }
    return build.call(provider, configuration, name);
  });
  return provider;
}

function section(ini: unknown, profile: string): unknown {
  return typeof ini === 'object' && ini !== null && Object.hasOwn(ini, profile) ? field(ini, profile) : undefined;
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (Reflect.get(value, name) as unknown) : undefined;
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function isAbsent(error: unknown): boolean {
  return error instanceof ProfileProblem ? error.absent : field(error, 'code') === 'ENOENT';
}
