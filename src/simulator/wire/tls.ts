import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createSecureContext, type SecureContext, type TlsOptions } from 'node:tls';
import { cloudHost } from './wire-answer.js';
import { makeAuthority, makeServerCertificate, type CertifiedKey, type Validity } from './x509.js';

/** What a twin needs to speak HTTPS. */
export interface TwinTls {
  /** Certificate of the authority, PEM: what clients must trust. */
  readonly caFile: string;
  readonly options: TlsOptions;
  /** Remove the file, where its folder was made for it. */
  close(): Promise<void>;
}

const DAY_MS = 24 * 60 * 60_000;

/** Names and addresses under which a machine calls itself. */
const LOCAL_NAMES = ['localhost', '127.0.0.1', '::1'] as const;

/** More names at once are not kept. */
const MAX_NAMES = 1_000;

/**
 * Make a certificate authority of this twin's own, and a server that has a certificate of it for every name a client asks
 * for: the local ones, and all hosts of the cloud (`privatelink.cn-hangzhou.aliyuncs.com`).
 *
 * Private keys stay in memory. The authority lives for a month; another one is made at each start.
 *
 * @param caFile - Where to write the certificate of the authority. Default: a new folder for temporary files.
 */
export async function makeTls(caFile?: string): Promise<TwinTls> {
  const validity: Validity = { fromMs: Date.now() - DAY_MS, toMs: Date.now() + 30 * DAY_MS };
  const authority = makeAuthority('PrivateLink simulator', validity);
  const file = caFile ?? join(await mkdtemp(join(tmpdir(), 'privatelink-simulator-')), 'ca.pem');
  await writeFile(file, authority.certificate);
  const local = makeServerCertificate(authority, LOCAL_NAMES, validity);
  return {
    caFile: file,
    options: { ...served(local), SNICallback: answerNames(authority, validity) },
    close: async () => {
      if (caFile === undefined) await rm(dirname(file), { recursive: true, force: true });
    },
  };
}

/** Certificates by the name that a client asks for. Other names than the cloud's get the local one. */
function answerNames(authority: CertifiedKey, validity: Validity): NonNullable<TlsOptions['SNICallback']> {
  const contexts = new Map<string, SecureContext>();
  return (name, answer) => {
    const host = cloudHost(name);
    if (host === undefined) {
      answer(null);
      return;
    }
    let context = contexts.get(host);
    if (context === undefined) {
      context = createSecureContext(served(makeServerCertificate(authority, [host], validity)));
      if (contexts.size >= MAX_NAMES) contexts.clear();
      contexts.set(host, context);
    }
    answer(null, context);
  };
}

function served({ certificate, privateKey }: CertifiedKey): { readonly cert: string; readonly key: string } {
  return { cert: certificate, key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
}
