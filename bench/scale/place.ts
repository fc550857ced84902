import { Client, Connection } from '@temporalio/client';
import { bundleToFile } from '../../test/support/bundle-workflows.js';
import { openMeasuredServer, type ServerChoice } from '../measured-server.js';

/** Where to measure. */
export interface PlaceOptions extends ServerChoice {
  readonly namespace: string;
  /** Take the worker from its sources instead of the compiled program. */
  readonly fromSource: boolean;
}

/** A Temporal server, and what is needed to work on it. */
export interface ScalePlace {
  readonly address: string;
  readonly namespace: string;
  readonly fromSource: boolean;
  readonly client: Client;
  /** Bundle of the workflows of bench/programs/plain-waiters.ts. */
  readonly plainCodePath: string;
  /** Tells what this benchmark starts from whatever else there is on the server. */
  readonly tag: string;
  /** Processor time of the server so far, in milliseconds; `undefined` where it is not known which processes it is. */
  serverCpuMs(): number | undefined;
  close(): Promise<void>;
}

/** Start a server, or connect to the one that is named. */
export async function openPlace(options: PlaceOptions): Promise<ScalePlace> {
  const server = await openMeasuredServer(options);
  const { address } = server;
  const { namespace, fromSource } = options;
  const connection = await Connection.connect({ address });
  const bundle = await bundleToFile(new URL('../programs/plain-waiters.ts', import.meta.url));
  return {
    address,
    namespace,
    fromSource,
    client: new Client({ connection, namespace }),
    plainCodePath: bundle.path,
    tag: Date.now().toString(36),
    serverCpuMs: () => server.cpuMs(),
    close: async () => {
      await bundle.remove();
      await connection.close();
      await server.close();
    },
  };
}
