/** Longest text of a service that is kept in an error. */
export const MAX_MESSAGE = 500;

/** A text of any length may come from anywhere: only so much of it is searched, and only a part of that is kept. */
const MAX_SEARCHED = 8_000;

/** Known values shorter than this are not searched for: they would blot out ordinary words. */
const MIN_SECRET = 4;

/** Shapes of credentials, and what is put in their place. */
const SHAPES: readonly (readonly [RegExp, string])[] = [
  // The gateway repeats what it signed, with every parameter of the request in it.
  [/string\s*to\s*sign[\s\S]*/gi, 'string to sign [removed]'],
  [/\b(?:GET|POST)&(?:%2F|\/)&\S*/g, '[string to sign removed]'],
  // A signed URL or body as a whole; the look-behind keeps the search from starting again at every character.
  [/(?<!\S)\S*?\bSignature(?:Method|Nonce|Version)?(?:=|%3D|%253D)\S*/gi, '[signed request removed]'],
  [/(https?:\/\/[^\s?"'<>]+)\?[^\s"'<>]*/g, '$1?[removed]'],
  [
    /\b(AccessKeyId|AccessKeySecret|SecurityToken|SignatureNonce|Signature|Authorization|Credential|x-acs-security-token|x-acs-accesskey-id)(["']?\s*(?:=|:|%3D|%253D)\s*["']?)[^\s"'&,;<>]+/gi,
    '$1$2[removed]',
  ],
  [/\bLTAI[0-9A-Za-z]{8,}/g, '[access key removed]'],
  [/\bSTS\.[0-9A-Za-z]{8,}/g, '[access key removed]'],
  // Security tokens and signatures have no prefix to know them by, only their length.
  [/[A-Za-z0-9+/=_%-]{80,}/g, '[removed]'],
];

/**
 * Cut everything that is or looks like a credential out of a text of the service, and bound its length.
 *
 * @param secrets - Values that were used in the call; they are also found percent-encoded once and twice, as in a string to sign.
 * @param maxLength - Of the result, in characters.
 */
export function redact(text: string, secrets: readonly string[] = [], maxLength = MAX_MESSAGE): string {
  let clean = text.slice(0, MAX_SEARCHED);
  for (const secret of secrets) {
    if (secret.length < MIN_SECRET) continue;
    const once = encodeURIComponent(secret);
    for (const form of [encodeURIComponent(once), once, secret]) clean = clean.replaceAll(form, '[removed]');
  }
  for (const [shape, replacement] of SHAPES) clean = clean.replace(shape, replacement);
  return clean.length > maxLength ? `${clean.slice(0, maxLength - 1)}…` : clean;
}
