import { timingSafeEqual } from 'node:crypto';
import { missingParameter, Refusal } from '../engine/refusals.js';
import { DEFAULT_SWITCHES } from '../engine/switches.js';
import type { SimulatorAccount } from '../twin/accounts.js';
import type { CredentialStore } from './credentials.js';
import { NonceLedger } from './nonces.js';
import type { SignatureClaim } from './signature.js';

/** Largest difference between a call's time and ours. */
const MAX_SKEW_MS = 15 * 60_000;

/** Checks who signed a call, and that it was not sent before. */
export class SignatureVerifier {
  readonly #credentials: CredentialStore;
  readonly #now: () => number;
  readonly #expiredTokenStatus: () => number;
  readonly #nonces: NonceLedger;

  /**
   * @param now - The true time: clients sign with it even where the engine's clock is turned forward.
   * @param expiredTokenStatus - HTTP status of the refusal of a token that has expired; a switch says which.
   */
  constructor(
    credentials: CredentialStore,
    now: () => number,
    expiredTokenStatus = (): number => DEFAULT_SWITCHES.expiredTokenStatus,
  ) {
    this.#credentials = credentials;
    this.#now = now;
    this.#expiredTokenStatus = expiredTokenStatus;
    this.#nonces = new NonceLedger(now);
  }

  /** Find the account that signed a call. @throws Refusal - As the gateway would refuse it. */
  verify(claim: SignatureClaim): SimulatorAccount {
    const account = this.#credentials.find(claim.accessKeyId);
    if (account === undefined) throw new Refusal('InvalidAccessKeyId.NotFound');
    if (account.inactive === true) throw new Refusal('InvalidAccessKeyId.Inactive');
    this.#checkTime(claim.timestamp);
    this.#checkToken(account, claim.securityToken);
    const { signature, mismatch } = claim.sign(account.accessKeySecret);
    if (!isSame(claim.signature, signature)) throw mismatch();
    // At exactly the largest difference a call still passes.
    const freeAtMs = Date.parse(claim.timestamp) + MAX_SKEW_MS + 1;
    this.#nonces.use(`${claim.accessKeyId} ${claim.nonce}`, freeAtMs);
    return account;
  }

  #checkTime(timestamp: string): void {
    const at = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(timestamp) ? Date.parse(timestamp) : NaN;
    if (Number.isNaN(at)) throw new Refusal('InvalidTimeStamp.Format');
    if (Math.abs(this.#now() - at) > MAX_SKEW_MS) throw new Refusal('InvalidTimeStamp.Expired');
  }

  #checkToken(account: SimulatorAccount, token: string | undefined): void {
    if (account.securityToken !== undefined && token === undefined) throw missingParameter('SecurityToken');
    if (token !== account.securityToken) throw new Refusal('InvalidSecurityToken.MismatchWithAccessKey');
    if (this.#credentials.isExpired(account)) {
      throw new Refusal('InvalidSecurityToken.Expired', undefined, this.#expiredTokenStatus());
    }
  }
}

function isSame(a: string, b: string): boolean {
  const [first, second] = [Buffer.from(a), Buffer.from(b)];
  return first.length === second.length && timingSafeEqual(first, second);
}
