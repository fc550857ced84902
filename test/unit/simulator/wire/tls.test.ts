import { X509Certificate } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type PeerCertificate } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { listen } from '../../../../src/simulator/wire/http-listener.js';
import { makeTls } from '../../../../src/simulator/wire/tls.js';
import { makeAuthority, makeServerCertificate } from '../../../../src/simulator/wire/x509.js';

const VALIDITY = { fromMs: Date.UTC(2026, 0, 1), toMs: Date.UTC(2026, 11, 31, 23, 59, 59) };

describe('certificates', () => {
  const authority = makeAuthority('An authority', VALIDITY);
  const ca = new X509Certificate(authority.certificate);

  it('of an authority are signed by itself, and good for signing certificates', () => {
    expect(ca.ca).toBe(true);
    expect(ca.subject).toBe('CN=An authority');
    expect(ca.verify(authority.publicKey)).toBe(true);
    expect(ca.checkPrivateKey(authority.privateKey)).toBe(true);
    expect(ca.validFrom).toBe('Jan  1 00:00:00 2026 GMT');
    expect(ca.validTo).toBe('Dec 31 23:59:59 2026 GMT');
  });

  it('of a server are signed by the authority, for its names and addresses only', () => {
    const names = ['localhost', 'a.example', '127.0.0.1', '::1', '2001:db8::a:1'] as const;
    const server = makeServerCertificate(authority, [...names], VALIDITY);
    const found = new X509Certificate(server.certificate);
    expect(found.ca).toBe(false);
    expect(found.issuer).toBe('CN=An authority');
    expect(found.checkIssued(ca)).toBe(true);
    expect(found.verify(authority.publicKey)).toBe(true);
    expect(found.checkPrivateKey(server.privateKey)).toBe(true);
    expect(found.checkHost('localhost')).toBe('localhost');
    expect(found.checkHost('a.example')).toBe('a.example');
    expect(found.checkHost('b.example')).toBeUndefined();
    for (const address of ['127.0.0.1', '::1', '2001:db8::a:1']) expect(found.checkIP(address)).toBe(address);
    expect(found.checkIP('127.0.0.2')).toBeUndefined();
    expect(found.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
  });

  it('are all different, with numbers that are not negative', () => {
    const numbers = Array.from({ length: 50 }, () => {
      const { certificate } = makeServerCertificate(authority, ['localhost'], VALIDITY);
      return new X509Certificate(certificate).serialNumber;
    });
    expect(new Set(numbers).size).toBe(50);
    expect(numbers.filter((number) => number.startsWith('-'))).toEqual([]);
  });
});

describe('HTTPS', () => {
  const closing: (() => void | Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  async function serve(caFile?: string) {
    const tls = await makeTls(caFile);
    const listener = await listen(
      0,
      () => Promise.resolve({ status: 200, headers: {}, body: 'hello' }),
      () => ({ status: 400, headers: {}, body: '' }),
      tls.options,
    );
    closing.push(
      () => tls.close(),
      () => listener.close(),
    );
    return { tls, listener, ca: await readFile(tls.caFile, 'utf8') };
  }

  /** What a client gets that asks for a name. @throws - Where it does not trust the answer. */
  function fetchAs(servername: string, port: number, ca: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const sent = request({ host: '127.0.0.1', servername, port, ca, agent: false }, (response) => {
        let text = '';
        response.on('data', (data: Buffer) => (text += data.toString()));
        response.on('end', () => resolve(text));
      });
      sent.on('error', reject);
      sent.end();
    });
  }

  it.each([
    'localhost',
    'privatelink.cn-hangzhou.aliyuncs.com',
    'privatelink-vpc.eu-central-1.aliyuncs.com',
    'sts.aliyuncs.com',
    'location-readonly.aliyuncs.com',
  ])('is trusted as %s by who trusts the authority, and by nobody else', async (name) => {
    const { listener, ca } = await serve();
    expect(await fetchAs(name, listener.port, ca)).toBe('hello');
    await expect(fetchAs(name, listener.port, (await serve()).ca)).rejects.toThrow(/certificate/);
  });

  it('is trusted by its address', async () => {
    const { listener, ca } = await serve();
    expect(listener.url).toBe(`https://127.0.0.1:${listener.port}`);
    expect(await fetchAs('', listener.port, ca)).toBe('hello');
  });

  it('is nobody else', async () => {
    const { listener, ca } = await serve();
    await expect(fetchAs('www.example.com', listener.port, ca)).rejects.toThrow(/does not match|altnames/);
  });

  it('shows the same certificate for a name again', async () => {
    const { listener, ca } = await serve();
    const shown = () =>
      new Promise<PeerCertificate>((resolve, reject) => {
        const servername = 'privatelink.cn-hangzhou.aliyuncs.com';
        const socket = connect({ host: '127.0.0.1', port: listener.port, servername, ca }, () => {
          resolve(socket.getPeerCertificate());
          socket.end();
        });
        socket.on('error', reject);
      });
    expect((await shown()).serialNumber).toBe((await shown()).serialNumber);
  });

  it('keeps the file of its authority where it was told to, and removes one that it placed itself', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tls-test-'));
    closing.push(() => rm(folder, { recursive: true }));
    const told = await makeTls(join(folder, 'ca.pem'));
    await told.close();
    expect(await readdir(folder)).toEqual(['ca.pem']);
    expect(await readFile(told.caFile, 'utf8')).not.toContain('PRIVATE');

    const own = await makeTls();
    await own.close();
    await expect(readFile(own.caFile)).rejects.toThrow('ENOENT');
  });
});
