import { createHmac } from 'node:crypto';
import { mandatoryText, optionalText, type WireParameters } from '../engine/parameters.js';
import { Refusal } from '../engine/refusals.js';

/** What a request says of its signature, whatever the version. */
export interface SignatureClaim {
  readonly accessKeyId: string;
  readonly signature: string;
  readonly nonce: string;
  readonly timestamp: string;
  readonly securityToken: string | undefined;
  /** Sign the request as the owner of a secret would. */
  sign(accessKeySecret: string): { readonly signature: string; readonly mismatch: () => Refusal };
}

/** Encode as RFC 3986 wants it: everything but `A-Za-z0-9-_.~`. */
export function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Parameters as both versions sign them: by name in the order of bytes, encoded. */
export function canonicalQuery(parameters: readonly (readonly [name: string, value: string])[]): string {
  return [...parameters]
    .sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    .map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`)
    .join('&');
}

/**
 * Text that signature version 1 signs.
 *
 * @param parameters - Of query and form body together, decoded; `Signature` itself is left out.
 */
export function stringToSign(method: string, parameters: WireParameters): string {
  const signed = Object.entries(parameters).filter(([name]) => name !== 'Signature');
  return `${method}&${percentEncode('/')}&${percentEncode(canonicalQuery(signed))}`;
}

/** Signature version 1: HMAC-SHA1 in base64. */
export function signatureOf(method: string, parameters: WireParameters, accessKeySecret: string): string {
  return hmacSha1(stringToSign(method, parameters), accessKeySecret);
}

/**
 * Read what a request of version 1 says of its signature.
 *
 * @throws Refusal - Something is missing, or signed in a way that the twin does not know.
 */
export function claimOfV1(method: string, parameters: WireParameters): SignatureClaim {
  // Before the key: a call with a bearer token has none.
  const type = optionalText(parameters, 'SignatureType');
  if (type !== undefined) throw unsupportedSignature(`SignatureType=${type}`);
  const accessKeyId = mandatoryText(parameters, 'AccessKeyId');
  const signature = mandatoryText(parameters, 'Signature');
  const nonce = mandatoryText(parameters, 'SignatureNonce');
  const timestamp = mandatoryText(parameters, 'Timestamp');
  const algorithm = mandatoryText(parameters, 'SignatureMethod');
  if (algorithm !== 'HMAC-SHA1') throw unsupportedSignature(algorithm);
  const version = mandatoryText(parameters, 'SignatureVersion');
  if (version !== '1.0') throw unsupportedSignature(`SignatureVersion=${version}`);

  return {
    accessKeyId,
    signature,
    nonce,
    timestamp,
    securityToken: optionalText(parameters, 'SecurityToken'),
    sign: (accessKeySecret) => {
      const text = stringToSign(method, parameters);
      return {
        signature: hmacSha1(text, accessKeySecret),
        // Clients compare the end of this message with what they have signed.
        mismatch: () =>
          new Refusal(
            'SignatureDoesNotMatch',
            `Specified signature is not matched with our calculation. server string to sign is:${text}`,
          ),
      };
    },
  };
}

/** Refusal of an algorithm that exists and that the twin cannot check. The code is documented, the message is inferred. */
export function unsupportedSignature(what: string): Refusal {
  return new Refusal(
    'InvalidSignatureMethod',
    `Specified signature method is not valid. The simulator checks HMAC-SHA1 (1.0) and ACS3-HMAC-SHA256, not ${what}.`,
  );
}

function hmacSha1(text: string, accessKeySecret: string): string {
  return createHmac('sha1', `${accessKeySecret}&`).update(text).digest('base64');
}
