import { AsyncLocalStorage } from 'node:async_hooks';
import type { Client, ListOptions, WorkflowExecutionInfo } from '@temporalio/client';
import { describe, expect, it } from 'vitest';
import { SharedRunLists } from '../../../src/activities/shared-run-lists.js';
import { callTime } from '../../support/call-time.js';

const inActivity = new AsyncLocalStorage<string>();

/** A server with these runs, newest first, as `<workflow id>/<run id>`. */
function serverOf(runs: readonly string[]) {
  const queries: string[] = [];
  const contexts: (string | undefined)[] = [];
  let failure: Error | undefined;
  const list = async function* ({ query = '' }: ListOptions) {
    queries.push(query);
    contexts.push(inActivity.getStore());
    if (failure !== undefined) throw failure;
    const asked = [...query.matchAll(/'((?:[^'\\]|\\.)*)'/g)].map(([, id = '']) => id.replaceAll('\\', ''));
    for (const run of runs) {
      const [workflowId = '', runId] = run.split('/');
      if (asked.includes(workflowId)) yield { workflowId, runId } as WorkflowExecutionInfo;
    }
  };
  const client = (namespace = 'default', connection: object = queries) =>
    ({ connection, options: { namespace }, workflow: { list } }) as unknown as Client;
  return { queries, contexts, client, fail: (error: Error) => (failure = error) };
}

function stage(runs: readonly string[] = []) {
  const time = callTime();
  const lists = new SharedRunLists(time.clock);
  const server = serverOf(runs);
  const ask = (workflowId: string, client = server.client()) => {
    const answered = inActivity.run(workflowId, async () => {
      const found: string[] = [];
      for await (const run of lists.runsOf(client, workflowId)) found.push(run.runId);
      return found;
    });
    // Looked at later than it may fail.
    answered.catch(() => undefined);
    return answered;
  };
  return { ...server, ask, pass: time.pass };
}

const alone = (id: string) => `WorkflowId = '${id}'`;

describe('questions for the runs of workflow ids', () => {
  it('go out at once, one by one, in quiet times', async () => {
    const { ask, pass, queries } = stage(['a/1', 'b/2', 'a/3']);
    expect(await ask('a')).toEqual(['1', '3']);
    await pass(500);
    expect(await ask('b')).toEqual(['2']);
    expect(queries).toEqual([alone('a'), alone('b')]);
  });

  it('share a call in a burst, and each has the runs of its own id, newest first', async () => {
    const { ask, pass, queries } = stage(['a/1', 'b/2', "it's/3", 'b/4']);
    const answers = [ask('a'), ask('b'), ask("it's"), ask('none')];
    await pass(500);
    expect(await Promise.all(answers)).toEqual([['1'], ['2', '4'], ['3'], []]);
    expect(queries).toEqual([alone('a'), `WorkflowId IN ('b', 'it\\'s', 'none')`]);
  });

  it('are answered by a call that began after them', async () => {
    const { ask, pass, queries } = stage(['a/1']);
    await ask('a');
    const [second, third] = [ask('a'), ask('b')];
    await pass(500);
    const fourth = ask('a');
    expect(queries).toHaveLength(2);
    await pass(500);
    await Promise.all([second, third, fourth]);
    expect(queries).toEqual([alone('a'), `WorkflowId IN ('a', 'b')`, alone('a')]);
  });

  it('wait for a call of a hundred, half a second apart', async () => {
    const { ask, pass, queries } = stage();
    await ask('first');
    const answers = Array.from({ length: 250 }, (_, index) => ask(`id-${index}`));
    await pass(1_499);
    expect(queries).toHaveLength(3);
    await pass(1);
    await Promise.all(answers);
    expect(queries.map((query) => query.split(',').length)).toEqual([1, 100, 100, 50]);
  });

  it('go out by themselves where the ids have too many runs', async () => {
    const { ask, pass, queries } = stage([...Array.from({ length: 1_000 }, (_, run) => `busy/${run}`), 'b/1']);
    await ask('first');
    const answers = [ask('busy'), ask('b')];
    await pass(500);
    expect((await Promise.all(answers)).map(({ length }) => length)).toEqual([1_000, 1]);
    expect(queries.slice(1)).toEqual([`WorkflowId IN ('busy', 'b')`, alone('busy'), alone('b')]);
  });

  it('all fail with a call that fails, and can be asked again', async () => {
    const { ask, pass, fail } = stage();
    await ask('first');
    const answers = [ask('a'), ask('b')];
    fail(new Error('visibility is away'));
    await pass(500);
    for (const answer of answers) await expect(answer).rejects.toThrow('visibility is away');
  });

  it('share nothing between namespaces or servers', async () => {
    const { ask, pass, queries, client } = stage();
    await ask('first');
    const answers = [ask('a', client('other')), ask('b', client('default', {})), ask('c')];
    await pass(500);
    await Promise.all(answers);
    expect(queries.map((query) => query.includes('IN'))).toEqual([false, false, false, false]);
  });

  it('are asked outside of the activities that share them, which may be cancelled', async () => {
    const { ask, pass, contexts } = stage();
    await ask('first');
    const answers = [ask('a'), ask('b')];
    await inActivity.run('whoever set the timer', () => pass(500));
    await Promise.all(answers);
    expect(contexts).toEqual(['first', undefined]);
  });
});
