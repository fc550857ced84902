import { fileURLToPath } from 'node:url';
import { inject } from 'vitest';
import { Driver, type Connection, type DriverAnswer, type Parameters } from './driver.js';

/** An official SDK in one of the ways in which it is used. */
export interface Client {
  readonly name: string;
  readonly driver: 'node' | 'python' | 'go';
  readonly sdk: string;
  readonly signature: 1 | 3;
  readonly method: 'GET' | 'POST';
  /** Requests are made of types, one for each action. */
  readonly typedRequests?: true;
  /** Answers are put into types, which have empty lists where the answer has nothing. */
  readonly typedAnswers?: true;
  /** Its error for a throttled call tells how long to wait. */
  readonly readsRetryHint?: true;
  /**
   * What its error says when the secret is wrong. The older SDKs compare the string to sign that the gateway echoes with
   * their own, and blame the secret only when they are equal.
   */
  readonly wrongSecret: Readonly<Record<string, unknown>>;
}

const NODE = { driver: 'node', wrongSecret: { code: 'SignatureDoesNotMatch' } } as const;
const OLDER_PYTHON = {
  name: 'aliyun-python-sdk-core (Python)',
  driver: 'python',
  sdk: 'aliyun-python-sdk',
  signature: 1,
  typedRequests: true,
  wrongSecret: { code: 'InvalidAccessKeySecret' },
} as const;

const CLIENT_LIST: readonly Client[] = [
  { ...NODE, name: '@alicloud/openapi-client (Node)', sdk: 'openapi-client', signature: 3, method: 'POST' },
  { ...NODE, name: '@alicloud/openapi-client (Node)', sdk: 'openapi-client', signature: 1, method: 'POST' },
  {
    ...NODE,
    name: '@alicloud/openapi-core (Node)',
    sdk: 'openapi-core',
    signature: 3,
    method: 'GET',
    readsRetryHint: true,
  },
  {
    name: 'alibabacloud_privatelink20200415 (Python)',
    driver: 'python',
    sdk: 'privatelink20200415',
    signature: 3,
    method: 'POST',
    typedRequests: true,
    typedAnswers: true,
    readsRetryHint: true,
    wrongSecret: { code: 'SignatureDoesNotMatch' },
  },
  { ...OLDER_PYTHON, method: 'POST' },
  { ...OLDER_PYTHON, method: 'GET' },
  {
    name: 'darabonba-openapi (Go)',
    driver: 'go',
    sdk: 'darabonba-openapi',
    signature: 3,
    method: 'POST',
    wrongSecret: { code: 'SignatureDoesNotMatch' },
  },
  {
    name: 'alibaba-cloud-sdk-go (Go)',
    driver: 'go',
    sdk: 'alibaba-cloud-sdk-go',
    signature: 1,
    method: 'GET',
    wrongSecret: { recommend: 'InvalidAccessKeySecret: Please check you AccessKeySecret' },
  },
];

/** Every client of this lane. */
export const CLIENTS: readonly Client[] = CLIENT_LIST.map((client) => ({
  ...client,
  name: `${client.name}, signature ${client.signature}, ${client.method}`,
}));

/** Whether a client can run here: Go may be missing, which {@link file://./install.ts} says. */
export function isInstalled({ driver }: Client): boolean {
  return driver !== 'go' || inject('officialClients').goDriver !== undefined;
}

/** The driver programs of one test file, each started when it is first needed. */
export class Drivers {
  readonly #running = new Map<Client['driver'], Driver>();

  async call(
    { driver, sdk, signature, method }: Client,
    action: string,
    params: Parameters,
    connection: Connection,
  ): Promise<DriverAnswer> {
    const running = this.#running.get(driver) ?? startDriver(driver);
    this.#running.set(driver, running);
    return running.call({ sdk, signature, method, action, params, connection });
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#running.values()].map((driver) => driver.stop()));
  }
}

function startDriver(driver: Client['driver']): Driver {
  const { pythonPath, goDriver } = inject('officialClients');
  const env = { ...process.env, ...pythonEnvironment(pythonPath) };
  switch (driver) {
    case 'node':
      return new Driver(process.execPath, [driverFile('node/driver.mjs')], env);
    case 'python':
      return new Driver('python3', [driverFile('python/driver.py')], env);
    case 'go':
      if (goDriver === undefined) throw new Error('There is no Go here: ask isInstalled first.');
      return new Driver(goDriver, [], env);
  }
}

/** What lets python3 find the installed SDKs, and nothing that a user has installed for themselves. */
export function pythonEnvironment(pythonPath: string): Readonly<Record<string, string>> {
  return { PYTHONPATH: pythonPath, PYTHONNOUSERSITE: '1', PYTHONDONTWRITEBYTECODE: '1', PYTHONIOENCODING: 'utf-8' };
}

function driverFile(path: string): string {
  return fileURLToPath(new URL(`drivers/${path}`, import.meta.url));
}
