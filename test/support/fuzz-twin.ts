import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { ACTIONS, signatureOf, startSimulator } from '../../src/simulator/index.js';
import { canonicalRequest, signatureOfV3 } from '../../src/simulator/wire/signature-v3.js';
import { seededRandom, VALID_CREATE } from '../unit/simulator/fixture.js';

/** What came of a fuzzing. */
export interface Fuzzed {
  readonly sent: number;
  /** How often each code was answered; `ok` for a success. */
  readonly codes: ReadonlyMap<string, number>;
  /** Answers that no client should get, in words: the first few. */
  readonly malformed: readonly string[];
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

const STRANGE_ACTIONS = ['__proto__', 'toString', '', 'DescribeVSwitchAttributes', 'AssumeRole', '😀'];

const NAMES =
  'RegionId VpcId ServiceId ServiceName EndpointId SecurityGroupId SecurityGroupId.1 SecurityGroupId.999999 ZoneId Zone.1.ZoneId ' +
  'Zone.1.VSwitchId Zone.1.ip Zone.0.ip Zone.1.ip.x Zone.-1.ZoneId Zone.__proto__.ip Tag Tag.1.Key Tag.1.__proto__ Tag.1e9.Key ' +
  'TagKey TagKey.1 ResourceId ResourceId.1 ResourceType Resource.1.ResourceId Resource.1.ResourceType UserId UserARN Bandwidth ' +
  'MaxResults NextToken DryRun ClientToken AddressIpVersion PolicyDocument All __proto__ constructor Action Format ip Version';

const VALUES = [
  'cn-huhehaote',
  'vpc-1',
  'epsrv-1',
  'epsrv-manual',
  'slb',
  'lb-1',
  'vpcendpoint',
  'true',
  'True',
  '1',
  '-1',
  '99999999999999999999',
  'NaN',
  '',
  ' ',
  '[]',
  '[{"Key":"a"}]',
  '[{"__proto__":1}]',
  '["ep-1"]',
  '{"a":',
  'null',
  '%',
  '\u0000',
  '\ud800',
  '😀',
  'a'.repeat(3_000),
  '10.0.0.1',
  '__proto__',
  'acs:ram:*:1:*',
];

const METHODS = ['GET', 'GET', 'GET', 'POST', 'POST', 'POST', 'POST', 'DELETE', 'HEAD', 'PUT'];
const FORM = 'application/x-www-form-urlencoded';
const TYPES = [FORM, FORM, FORM, FORM, 'text/plain', 'application/json', 'multipart/form-data; boundary=x', ''];
const EMPTY_SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const IN_FLIGHT = 16;
const SHOWN = 5;

/**
 * Send random requests to a twin over HTTP: proper ones with random parameters, signed in both versions, wrongly or not
 * at all, and bytes that are no HTTP. The same seed sends the same requests, but for their time.
 */
export async function fuzzTwin(count: number, seed: number): Promise<Fuzzed> {
  const random = seededRandom(seed);
  const simulator = await startSimulator({
    random,
    keptRequests: 1_000,
    settings: { timeToActive: { afterReads: 1 }, quotas: { endpointsPerVpc: 100 } },
  });
  const agent = new Agent({ keepAlive: true, maxSockets: IN_FLIGHT });
  const requests = new RandomRequests(
    random,
    new URL(simulator.url).host,
    () => simulator.engine.inspect().at(-1)?.EndpointId,
  );
  const codes = new Map<string, number>();
  const malformed: string[] = [];
  const judge = (sent: string, { status, type, text }: Answer) => {
    const [code, wrong] = judgement(status, type, text);
    codes.set(code, (codes.get(code) ?? 0) + 1);
    if (wrong !== undefined && malformed.length < SHOWN)
      malformed.push(`${wrong}: ${status} ${type} ${text.slice(0, 200)} to ${sent}`);
  };
  let sent = 0;
  const sender = async () => {
    while (sent < count) {
      sent += 1;
      // The clock goes on, so that limits let calls through again and endpoints go through their states.
      if (sent % 50 === 0) simulator.advance(1_000);
      if (random() < 0.02) {
        const bytes = requests.noise(200);
        judge(bytes.toString('base64'), await sendBytes(simulator.port, bytes));
      } else {
        const next = requests.next();
        if (next.method === 'HEAD') await send(agent, simulator.port, next);
        else judge(`${next.method} ${next.path.slice(0, 300)}`, await send(agent, simulator.port, next));
      }
    }
  };
  try {
    await Promise.all(Array.from({ length: IN_FLIGHT }, sender));
  } finally {
    agent.destroy();
    await simulator.close();
  }
  return { sent, codes, malformed };
}

/** @returns The code of an answer, and what is wrong with its form. */
function judgement(status: number, type: string, text: string): [code: string, wrong: string | undefined] {
  if (type.startsWith('text/xml')) {
    const code = /<Code>([^<]+)<\/Code>/.exec(text)?.[1];
    const isWhole = /^<\?xml[^>]*\?>\s*<(\w+)>.*<RequestId>[^<]+<\/RequestId>.*<\/\1>\s*$/s.test(text);
    return [code ?? 'ok', isWhole && (code !== undefined) === (status !== 200) ? undefined : 'malformed XML'];
  }
  let body: { readonly RequestId?: unknown; readonly Code?: unknown; readonly Message?: unknown };
  try {
    body = JSON.parse(text) as typeof body;
  } catch {
    return ['(no JSON)', 'no JSON'];
  }
  const code = typeof body.Code === 'string' ? body.Code : 'ok';
  if (typeof body.RequestId !== 'string') return [code, 'no RequestId'];
  if (status === 200) return [code, code === 'ok' || code === '200' ? undefined : 'a code with 200'];
  if (code === 'ok' || typeof body.Message !== 'string') return [code, 'no Code or no Message'];
  return [code, status >= 500 ? 'a 5xx' : undefined];
}

class RandomRequests {
  readonly #random: () => number;
  readonly #host: string;
  readonly #endpointId: () => string | undefined;
  readonly #actions = [...ACTIONS.keys(), ...Array.from({ length: 8 }, () => 'CreateVpcEndpoint'), ...STRANGE_ACTIONS];
  readonly #names = NAMES.split(' ');
  #nonce = 0;

  constructor(random: () => number, host: string, endpointId: () => string | undefined) {
    this.#random = random;
    this.#host = host;
    this.#endpointId = endpointId;
  }

  next(): Sent {
    const method = this.#pick(METHODS);
    const parameters = this.#parameters();
    const way = this.#random();
    if (way < 0.35) return this.#versionThree(method, parameters);
    if (way < 0.45) return this.#sent(method, `/?${encodeURI(toText(this.#pick(VALUES)))}`, this.noise(40));
    const wire = way < 0.9 ? this.#versionOne(method, parameters) : parameters;
    const text = new URLSearchParams(wire).toString();
    return method === 'GET' && this.#random() < 0.7
      ? this.#sent(method, `/?${text}`, Buffer.alloc(0))
      : this.#sent(method, '/', Buffer.from(text));
  }

  noise(length: number): Buffer {
    return Buffer.from(
      Array.from({ length: 1 + Math.floor(this.#random() * length) }, () => Math.floor(this.#random() * 256)),
    );
  }

  #parameters(): Record<string, string> {
    const action = this.#pick(this.#actions);
    const shapes = [...(ACTIONS.get(action)?.parameters.values() ?? [])];
    const given = shapes
      .filter(({ required }) => required || this.#random() < 0.2)
      .map(({ name }): [string, string] => [name, name === 'RegionId' ? 'cn-huhehaote' : this.#value(name)]);
    const noise = Array.from({ length: Math.floor(this.#random() * 4) }, (): [string, string] => {
      const name = this.#pick(this.#names);
      return [name, this.#value(name)];
    });
    const valid = action === 'CreateVpcEndpoint' && this.#random() < 0.7 ? Object.entries(VALID_CREATE) : [];
    return Object.fromEntries([...given, ...noise, ...valid, ['Action', action]]);
  }

  #value(name: string): string {
    if (name === 'EndpointId' && this.#random() < 0.8) return this.#endpointId() ?? 'ep-none';
    return toText(this.#pick(VALUES));
  }

  #versionOne(method: string, parameters: Record<string, string>): Record<string, string> {
    const all = {
      Version: '2020-04-15',
      ...parameters,
      AccessKeyId: 'testid',
      SignatureMethod: 'HMAC-SHA1',
      SignatureVersion: '1.0',
      SignatureNonce: this.#nextNonce(),
      Timestamp: wireNow(),
    };
    return { ...all, Signature: signatureOf(method, all, 'testsecret') };
  }

  #versionThree(method: string, { Action = '', ...parameters }: Record<string, string>): Sent {
    const headers: Record<string, string> = {
      host: this.#host,
      'x-acs-action': /^[\x21-\x7e]*$/.test(Action) ? Action : 'x',
      'x-acs-version': '2020-04-15',
      'x-acs-date': wireNow(),
      'x-acs-signature-nonce': this.#nextNonce(),
      'x-acs-content-sha256': EMPTY_SHA256,
    };
    const names = Object.keys(headers).sort();
    const listed = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]));
    const signable = { method, path: '/', query: parameters, headers: listed, body: new Uint8Array() };
    const Signature = signatureOfV3(canonicalRequest(signable, names), 'testsecret');
    const authorization = `ACS3-HMAC-SHA256 Credential=testid,SignedHeaders=${names.join(';')},Signature=${Signature}`;
    const path = `/?${new URLSearchParams(parameters).toString()}`;
    return { method, path, headers: { ...headers, authorization }, body: Buffer.alloc(0) };
  }

  #sent(method: string, path: string, body: Buffer): Sent {
    return {
      method,
      path,
      headers: { 'content-type': this.#pick(TYPES), 'content-length': String(body.length) },
      body,
    };
  }

  #nextNonce(): string {
    this.#nonce += 1;
    // Some are used twice.
    return `fuzz-${this.#random() < 0.01 ? 1 : this.#nonce}`;
  }

  #pick<Item>(items: readonly Item[]): Item {
    const item = items[Math.floor(this.#random() * items.length)];
    if (item === undefined) throw new RangeError('Nothing to pick from');
    return item;
  }
}

function send(agent: Agent, port: number, { method, path, headers, body }: Sent): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ agent, port, host: '127.0.0.1', method, path, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          type: response.headers['content-type'] ?? '',
          text: Buffer.concat(chunks).toString(),
        }),
      );
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Bytes that are most likely no HTTP, ended as a client ends them. */
function sendBytes(port: number, bytes: Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(port, '127.0.0.1', () => socket.end(Buffer.concat([bytes, Buffer.from('\r\n\r\n')])));
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('error', reject);
    socket.on('close', () => {
      const [head = '', text = ''] = Buffer.concat(chunks).toString().split('\r\n\r\n');
      const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0);
      resolve({ status, type: /content-type: (.*)/i.exec(head)?.[1] ?? '', text });
    });
  });
}

/** Half a surrogate pair cannot be sent as it is. */
function toText(value: string): string {
  return Buffer.from(value).toString();
}

function wireNow(): string {
  return new Date().toISOString().replace(/\.\d+Z$/, 'Z');
}
