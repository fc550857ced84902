import { createHmac, timingSafeEqual } from 'node:crypto';
import { mandatoryText, optionalText, type WireParameters } from './parameters.js';
import { Refusal } from './refusals.js';

/** Credentials that the twin knows, and whose they are. */
export interface SimulatorAccount {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** Temporary credentials: calls must carry this token. */
  readonly securityToken?: string;
  /** Until when the token is good, by the engine's clock, ISO 8601: advancing that clock ages it. For ever when left out. */
  readonly expiresAt?: string;
  readonly accountId: string;
}

/** The account of the official examples. */
export const DEFAULT_ACCOUNT: SimulatorAccount = {
  accessKeyId: 'testid',
  accessKeySecret: 'testsecret',
  accountId: '1000000000000001',
};

/** Largest difference between a call's time and ours. */
const MAX_SKEW_MS = 15 * 60_000;

/** Encode as RFC 3986 wants it: everything but `A-Za-z0-9-_.~`. */
export function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/**
 * Text that signature version 1 signs.
 *
 * @param parameters - Of query and form body together, decoded; `Signature` itself is left out.
 */
export function stringToSign(method: string, parameters: WireParameters): string {
  const canonical = Object.entries(parameters)
    .filter(([name]) => name !== 'Signature')
    .sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    .map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`)
    .join('&');
  return `${method}&${percentEncode('/')}&${percentEncode(canonical)}`;
}

/** Signature version 1: HMAC-SHA1 in base64. */
export function signatureOf(method: string, parameters: WireParameters, accessKeySecret: string): string {
  return createHmac('sha1', `${accessKeySecret}&`).update(stringToSign(method, parameters)).digest('base64');
}

/** Checks who signed a call, and that it was not sent before. */
export class SignatureVerifier {
  readonly #accounts: ReadonlyMap<string, SimulatorAccount>;
  readonly #now: () => number;
  readonly #engineNow: () => number;
  readonly #nonces = new Map<string, number>();

  /**
   * @param now - The true time: clients sign with it even where the engine's clock is turned forward.
   * @param engineNow - The time by which tokens expire.
   * @throws RangeError - The expiry of an account is no time.
   */
  constructor(accounts: readonly SimulatorAccount[], now: () => number, engineNow = now) {
    for (const { accessKeyId, expiresAt } of accounts) {
      if (expiresAt !== undefined && Number.isNaN(Date.parse(expiresAt))) {
        throw new RangeError(`The expiry of the access key ${accessKeyId} is no time`);
      }
    }
    this.#accounts = new Map(accounts.map((account) => [account.accessKeyId, account]));
    this.#now = now;
    this.#engineNow = engineNow;
  }

  /** Find the account that signed a call. @throws Refusal - As the gateway would refuse it. */
  verify(method: string, parameters: WireParameters): SimulatorAccount {
    const accessKeyId = mandatoryText(parameters, 'AccessKeyId');
    const signature = mandatoryText(parameters, 'Signature');
    const nonce = mandatoryText(parameters, 'SignatureNonce');
    const timestamp = mandatoryText(parameters, 'Timestamp');
    if (mandatoryText(parameters, 'SignatureMethod') !== 'HMAC-SHA1') throw new Refusal('InvalidSignatureMethod');

    const account = this.#accounts.get(accessKeyId);
    if (account === undefined) throw new Refusal('InvalidAccessKeyId.NotFound');
    this.#checkTime(timestamp);
    if (account.securityToken !== undefined) mandatoryText(parameters, 'SecurityToken');
    if (optionalText(parameters, 'SecurityToken') !== account.securityToken) {
      throw new Refusal('InvalidSecurityToken.MismatchWithAccessKey');
    }
    if (account.expiresAt !== undefined && this.#engineNow() >= Date.parse(account.expiresAt)) {
      throw new Refusal('InvalidSecurityToken.Expired');
    }
    if (!isSame(signature, signatureOf(method, parameters, account.accessKeySecret))) {
      const expected = stringToSign(method, parameters);
      throw new Refusal(
        'SignatureDoesNotMatch',
        `Specified signature is not matched with our calculation. server string to sign is:${expected}`,
      );
    }
    this.#useNonce(`${accessKeyId} ${nonce}`);
    return account;
  }

  #checkTime(timestamp: string): void {
    const at = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(timestamp) ? Date.parse(timestamp) : NaN;
    if (Number.isNaN(at)) throw new Refusal('InvalidTimeStamp.Format');
    if (Math.abs(this.#now() - at) > MAX_SKEW_MS) throw new Refusal('InvalidTimeStamp.Expired');
  }

  /** A nonce is remembered for as long as a call with it could still pass the check of its time. */
  #useNonce(nonce: string): void {
    for (const [used, atMs] of this.#nonces) {
      if (atMs + 2 * MAX_SKEW_MS > this.#now()) break;
      this.#nonces.delete(used);
    }
    if (this.#nonces.has(nonce)) throw new Refusal('SignatureNonceUsed');
    this.#nonces.set(nonce, this.#now());
  }
}

function isSame(a: string, b: string): boolean {
  const [first, second] = [Buffer.from(a), Buffer.from(b)];
  return first.length === second.length && timingSafeEqual(first, second);
}
