import { randomBytes } from 'node:crypto';
import type { SimulatorAccount } from '../twin/accounts.js';

/** Temporary credentials: everything that a client needs for them is there. */
export type TemporaryCredentials = SimulatorAccount & Required<Pick<SimulatorAccount, 'securityToken' | 'expiresAt'>>;

/** More of them at once are not kept: the oldest stop working. */
const MAX_TEMPORARY = 10_000;

/** The credentials that the twin knows: those it was started with, and temporary ones that it gave out. */
export class CredentialStore {
  readonly #known: ReadonlyMap<string, SimulatorAccount>;
  readonly #temporary = new Map<string, TemporaryCredentials>();
  readonly #now: () => number;

  /**
   * @param now - The time by which tokens expire.
   * @throws RangeError - The expiry of an account is no time.
   */
  constructor(accounts: readonly SimulatorAccount[], now: () => number) {
    for (const { accessKeyId, expiresAt } of accounts) {
      if (expiresAt !== undefined && Number.isNaN(Date.parse(expiresAt))) {
        throw new RangeError(`The expiry of the access key ${accessKeyId} is no time`);
      }
    }
    this.#known = new Map(accounts.map((account) => [account.accessKeyId, account]));
    this.#now = now;
  }

  find(accessKeyId: string): SimulatorAccount | undefined {
    return this.#known.get(accessKeyId) ?? this.#temporary.get(accessKeyId);
  }

  isExpired({ expiresAt }: SimulatorAccount): boolean {
    return expiresAt !== undefined && this.#now() >= Date.parse(expiresAt);
  }

  /** Give out temporary credentials. They are random for real, also where everything else of the twin is seeded. */
  issue(accountId: string, arn: string, durationMs: number): TemporaryCredentials {
    const issued: TemporaryCredentials = {
      accessKeyId: `STS.${randomBytes(16).toString('hex')}`,
      accessKeySecret: randomBytes(24).toString('hex'),
      securityToken: randomBytes(48).toString('base64'),
      expiresAt: new Date(this.#now() + durationMs).toISOString().replace(/\.\d+Z$/, 'Z'),
      accountId,
      arn,
    };
    this.#temporary.set(issued.accessKeyId, issued);
    const [oldest] = this.#temporary.keys();
    if (this.#temporary.size > MAX_TEMPORARY && oldest !== undefined) this.#temporary.delete(oldest);
    return issued;
  }
}
