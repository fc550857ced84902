import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import { isIP, isIPv6 } from 'node:net';

/** A certificate and the key that belongs to it. */
export interface CertifiedKey {
  /** PEM. */
  readonly certificate: string;
  /** Signs for whoever holds the certificate. */
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly commonName: string;
}

/** When a certificate is good, in milliseconds since 1970. */
export interface Validity {
  readonly fromMs: number;
  readonly toMs: number;
}

const OID = {
  commonName: '2.5.4.3',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
} as const;

// Bits of KeyUsage, each as a bit string of DER: the number of unused bits, then the bits.
const KEY_CERT_SIGN_AND_CRL_SIGN = Buffer.from([1, 0b0000_0110]);
const DIGITAL_SIGNATURE = Buffer.from([7, 0b1000_0000]);

/** Make a certificate authority that can sign servers' certificates and nothing below it (RFC 5280). */
export function makeAuthority(commonName: string, validity: Validity): CertifiedKey {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const issuer = { ...keys, commonName };
  return certify(issuer, { ...keys, commonName }, validity, [
    extension(OID.basicConstraints, sequence(boolean(true), integer(Buffer.from([0]))), true),
    extension(OID.keyUsage, tagged(0x03, KEY_CERT_SIGN_AND_CRL_SIGN), true),
  ]);
}

/** Make the certificate of a server with these names and addresses. The first of them is its common name. */
export function makeServerCertificate(
  authority: CertifiedKey,
  names: readonly [string, ...string[]],
  validity: Validity,
): CertifiedKey {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return certify(authority, { ...keys, commonName: names[0] }, validity, [
    extension(OID.basicConstraints, sequence(), true),
    extension(OID.keyUsage, tagged(0x03, DIGITAL_SIGNATURE), true),
    extension(OID.extendedKeyUsage, sequence(objectId(OID.serverAuth))),
    extension(OID.authorityKeyIdentifier, sequence(tagged(0x80, keyId(authority.publicKey)))),
    extension(OID.subjectAltName, sequence(...names.map(alternativeName))),
  ]);
}

type Issuer = Pick<CertifiedKey, 'commonName' | 'privateKey' | 'publicKey'>;

function certify(issuer: Issuer, subject: Issuer, validity: Validity, extensions: readonly Buffer[]): CertifiedKey {
  const algorithm = sequence(objectId(OID.ecdsaWithSha256));
  const toBeSigned = sequence(
    tagged(0xa0, integer(Buffer.from([2]))),
    integer(randomBytes(16)),
    algorithm,
    nameOf(issuer),
    sequence(time(validity.fromMs), time(validity.toMs)),
    nameOf(subject),
    subject.publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, sequence(...extensions, extension(OID.subjectKeyIdentifier, tagged(0x04, keyId(subject.publicKey))))),
  );
  const signature = sign('sha256', toBeSigned, issuer.privateKey);
  const certificate = sequence(toBeSigned, algorithm, tagged(0x03, Buffer.from([0]), signature));
  return { ...subject, certificate: pem(certificate) };
}

function nameOf({ commonName }: Issuer): Buffer {
  const attribute = sequence(objectId(OID.commonName), tagged(0x0c, Buffer.from(commonName)));
  return sequence(tagged(0x31, attribute));
}

function keyId(key: KeyObject): Buffer {
  return createHash('sha1')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest();
}

function extension(id: string, value: Buffer, critical = false): Buffer {
  return sequence(objectId(id), ...(critical ? [boolean(true)] : []), tagged(0x04, value));
}

function alternativeName(name: string): Buffer {
  return isIP(name) === 0 ? tagged(0x82, Buffer.from(name, 'ascii')) : tagged(0x87, addressBytes(name));
}

function addressBytes(address: string): Buffer {
  if (!isIPv6(address)) return Buffer.from(address.split('.').map(Number));
  const [head = '', tail] = address.split('::');
  const groups = (text: string) => (text === '' ? [] : text.split(':').map((group) => parseInt(group, 16)));
  const [left, right] = [groups(head), groups(tail ?? '')];
  const all = [...left, ...Array<number>(8 - left.length - right.length).fill(0), ...right];
  return Buffer.from(all.flatMap((group) => [group >> 8, group & 0xff]));
}

// The encoding rules of X.690 (DER), as far as certificates need them.

function tagged(tag: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  return Buffer.concat([Buffer.from([tag]), lengthOf(content), content]);
}

function lengthOf({ length }: Buffer): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  const hex = length.toString(16);
  const bytes = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
  return Buffer.from([0x80 | bytes.length, ...bytes]);
}

function sequence(...items: readonly Buffer[]): Buffer {
  return tagged(0x30, ...items);
}

function boolean(value: boolean): Buffer {
  return tagged(0x01, Buffer.from([value ? 0xff : 0]));
}

/** A number that is not negative, in as few bytes as it takes. */
function integer(bytes: Buffer): Buffer {
  const first = bytes.findIndex((byte) => byte !== 0);
  const digits = first < 0 ? Buffer.from([0]) : bytes.subarray(first);
  return tagged(0x02, ...((digits[0] ?? 0) >= 0x80 ? [Buffer.from([0])] : []), digits);
}

function objectId(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return tagged(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

function base128(number: number): number[] {
  const digits = [number & 0x7f];
  for (let left = number >>> 7; left > 0; left >>>= 7) digits.unshift((left & 0x7f) | 0x80);
  return digits;
}

/** UTCTime, which RFC 5280 wants up to 2049. */
function time(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replace(/\.\d+|[-:T]/g, '');
  return tagged(0x17, Buffer.from(digits.slice(2)));
}

function pem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}
