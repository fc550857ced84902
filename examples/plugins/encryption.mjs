/*
 * PVL_PLUGINS=examples/plugins/encryption.mjs, for the worker and for pvlctl: what Temporal keeps of runs (inputs, results, memos,
 * failures, heartbeats) is encrypted with AES-256-GCM. Workflow ids and search attributes are not.
 *
 * PAYLOAD_KEY is the key: 32 bytes, as base64. Whoever loses it cannot read old runs any more.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { SimplePlugin } from '@temporalio/plugin';
import proto from '@temporalio/proto';

const { Payload } = proto.temporal.api.common.v1;
const ENCODING = 'binary/encrypted';
const IV_BYTES = 12;
const TAG_BYTES = 16;

const key = Buffer.from(process.env.PAYLOAD_KEY ?? '', 'base64');
if (key.length !== 32) throw new Error('PAYLOAD_KEY has to be 32 bytes, as base64');

function encrypt(payload) {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, iv);
  const text = [cipher.update(Payload.encode(payload).finish()), cipher.final()];
  return {
    metadata: { encoding: Buffer.from(ENCODING) },
    data: Buffer.concat([iv, ...text, cipher.getAuthTag()]),
  };
}

function decrypt(payload) {
  // What was written before there was a key stays readable.
  if (Buffer.from(payload.metadata?.encoding ?? '').toString() !== ENCODING) return payload;
  const data = Buffer.from(payload.data);
  const decipher = createDecipheriv('aes-256-gcm', key, data.subarray(0, IV_BYTES));
  decipher.setAuthTag(data.subarray(-TAG_BYTES));
  return Payload.decode(Buffer.concat([decipher.update(data.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]));
}

const codec = {
  encode: async (payloads) => payloads.map(encrypt),
  decode: async (payloads) => payloads.map(decrypt),
};

const failureConverterPath = fileURLToPath(new URL('./sealed-failures.cjs', import.meta.url));

export const plugins = [
  new SimplePlugin({ name: 'encryption', dataConverter: { payloadCodecs: [codec], failureConverterPath } }),
];
