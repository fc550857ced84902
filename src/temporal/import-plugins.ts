import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ConnectionPlugin } from '@temporalio/client';
import type { NativeConnectionPlugin } from '@temporalio/worker';

/** A plugin of Temporal's SDK. A connection hands it on to each client and worker that is built on it. */
export type TemporalPlugin = ConnectionPlugin & NativeConnectionPlugin;

/**
 * Import the plugins that modules export as `plugins`, in their order.
 *
 * @param names - Files, relative to the folder, or packages as they are found from there.
 * @throws Error - Names the module, and what is wrong with it.
 */
export async function importPlugins(names: readonly string[], folder: string): Promise<TemporalPlugin[]> {
  const lists = await Promise.all(
    names.map(async (name) => {
      const { plugins } = await importFrom(folder, name);
      if (!Array.isArray(plugins) || !plugins.every(isPlugin)) {
        throw new Error(`${name} has to export a list \`plugins\` of plugins, each with a name`);
      }
      return plugins as TemporalPlugin[];
    }),
  );
  return lists.flat();
}

async function importFrom(folder: string, name: string): Promise<{ readonly plugins?: unknown }> {
  try {
    const file = createRequire(join(folder, 'plugins.js')).resolve(/^[./]/.test(name) ? resolve(folder, name) : name);
    return (await import(pathToFileURL(file).href)) as { readonly plugins?: unknown };
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw new Error(`${name} cannot be imported: ${reason ?? ''}`, { cause: error });
  }
}

function isPlugin(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'name' in value && typeof value.name === 'string';
}
