/** Names of the protocol that look like credentials and are none. */
const HARMLESS: ReadonlySet<string> = new Set(['signaturemethod', 'signatureversion', 'signaturetype']);

/** Parts of names, in lower case and without separators, of what authenticates somebody, in every version of the signature. */
const TELLING = [
  'accesskey',
  'signature',
  'securitytoken',
  'bearertoken',
  'authorization',
  'authenticat',
  'credential',
  'cookie',
  'secret',
  'password',
] as const;

/**
 * Whether a parameter or header may hold something that authenticates: a key, its id, a token, a signature or a nonce.
 *
 * Names count however they are written (`SecurityToken`, `securitytoken`, `x-acs-security-token`). A ClientToken is none.
 */
export function isCredential(name: string): boolean {
  const plain = name.toLowerCase().replace(/[^a-z0-9]/g, '');
  return !HARMLESS.has(plain) && TELLING.some((part) => plain.includes(part));
}
