import { describe, expect, it } from 'vitest';
import { MockActivityEnvironment } from '@temporalio/testing';
import { ActivityMemory } from '../../../src/activities/attempt-memory.js';
import { lookUp } from '../../../src/activities/find-endpoint.js';
import { SharedLookUps } from '../../../src/activities/shared-look-ups.js';
import type { LookUpReading } from '../../../src/model/adoption.js';
import type { ListedVpcEndpoint } from '../../../src/model/endpoint.js';
import { ownerTags } from '../../../src/model/owner-tags.js';
import {
  PrivateLinkError,
  type ListVpcEndpointsPage,
  type ListVpcEndpointsQuery,
  type PrivateLinkApi,
} from '../../../src/privatelink/port.js';
import { callTime, settle } from '../../support/call-time.js';

const REGION = 'cn-a';
const PAGE = 1_000;

interface LookedUp {
  readonly reading: LookUpReading;
  /** Code and RequestId of each call. */
  readonly log: readonly (readonly [string, string | undefined])[];
}

/** A list that a test answers by hand or at once, and the time of its process. */
function stage(answer: (query: ListVpcEndpointsQuery) => Promise<ListVpcEndpointsPage> = listing([])) {
  const time = callTime();
  const queries: ListVpcEndpointsQuery[] = [];
  const api = {
    listVpcEndpoints: async (query: ListVpcEndpointsQuery) => {
      queries.push(query);
      return answer(query);
    },
  } as Partial<PrivateLinkApi> as PrivateLinkApi;
  const lookUps = new SharedLookUps(time.clock);
  return {
    api,
    queries,
    /** Calls filtered by the installation alone. */
    shared: () => queries.filter(({ Tag }) => Tag?.length === 1),
    own: () => queries.filter(({ Tag }) => Tag?.length === 2),
    /** Ask as an activity would. */
    ask: (workflowId: string, options: { installation?: string; over?: PrivateLinkApi } = {}) => {
      const environment = new MockActivityEnvironment();
      const owner = { installation: options.installation ?? 'here', workflowId };
      const request = { RegionId: REGION, VpcId: 'vpc-1', ServiceId: 'epsrv-1' };
      const answered = environment.run(async (): Promise<LookedUp> => {
        const memory = new ActivityMemory();
        const reading = await lookUp(options.over ?? api, request, owner, memory, lookUps);
        return { reading, log: memory.current.log.map(({ code, RequestId }) => [code, RequestId] as const) };
      });
      // Looked at later than it may fail.
      answered.catch(() => undefined);
      return { answered, cancel: () => environment.cancel() };
    },
    pass: time.pass,
  };
}

function endpoint(workflowId: string, more: Partial<ListedVpcEndpoint> = {}): ListedVpcEndpoint {
  return {
    EndpointId: `ep-${workflowId}`,
    EndpointStatus: 'Active',
    VpcId: 'vpc-1',
    ServiceId: 'epsrv-1',
    CreateTime: '2026-01-01T00:00:00Z',
    Tags: ownerTags({ installation: 'here', workflowId }),
    ...more,
  };
}

/** Answers with these endpoints, as many as fit on a page, and filters by tag as the service does. */
function listing(endpoints: readonly ListedVpcEndpoint[], { counted = true } = {}) {
  let calls = 0;
  return async ({ Tag = [], NextToken }: ListVpcEndpointsQuery): Promise<ListVpcEndpointsPage> => {
    calls += 1;
    const matching = endpoints.filter(({ Tags }) =>
      Tag.every(({ Key, Value }) => Tags?.some((tag) => tag.Key === Key && tag.Value === Value)),
    );
    const first = Number(NextToken ?? 0);
    return {
      RequestId: `r-${calls}`,
      Endpoints: matching.slice(first, first + PAGE),
      ...(counted ? { TotalCount: matching.length } : {}),
      ...(matching.length > first + PAGE ? { NextToken: String(first + PAGE) } : {}),
    };
  };
}

const many = (count: number, from = 0) => Array.from({ length: count }, (_, index) => endpoint(`old-${from + index}`));
const ids = (count: number) => Array.from({ length: count }, (_, index) => `new-${index}`);

/** A stage on which one look-up has just gone out, so that the next ones wait. */
async function busyStage(answer?: Parameters<typeof stage>[0]) {
  const scene = stage(answer);
  await scene.ask('first').answered;
  scene.queries.length = 0;
  return scene;
}

describe('look-ups of one process', () => {
  it('go out at once and by themselves while they are rare', async () => {
    const scene = stage(listing([endpoint('b')]));
    expect((await scene.ask('a').answered).reading.kind).toBe('absent');
    await scene.pass(1_000);
    expect((await scene.ask('b').answered).reading.kind).toBe('fits');
    expect(scene.queries.map(({ Tag }) => Tag)).toEqual([
      ownerTags({ installation: 'here', workflowId: 'a' }),
      ownerTags({ installation: 'here', workflowId: 'b' }),
    ]);
  });

  it('share one scan of the installation when a hundred come at once', async () => {
    const scene = stage(listing([endpoint('new-7'), endpoint('new-8', { VpcId: 'vpc-2' }), ...many(300)]));
    const asked = ids(100).map((id) => scene.ask(id));
    await scene.pass(999);
    expect(scene.queries).toHaveLength(1);
    await scene.pass(1);
    const answers = await Promise.all(asked.map(({ answered }) => answered));
    expect(scene.own()).toHaveLength(1);
    expect(scene.shared()).toEqual([
      { RegionId: REGION, Tag: [{ Key: 'durable-privatelink-owner', Value: 'here' }], MaxResults: PAGE },
    ]);
    const kinds = answers.map(({ reading }) => reading.kind);
    expect(kinds[7]).toBe('fits');
    expect(kinds[8]).toBe('differs');
    expect(kinds.filter((kind) => kind === 'absent')).toHaveLength(98);
    // Each log says what the call showed of its own endpoint.
    expect(answers[7]?.log).toEqual([['1 found', 'r-2']]);
    expect(answers[9]?.log).toEqual([['0 found', 'r-2']]);
  });

  it('cost three tenths of a call each where 3.3 a second come for a minute', async () => {
    const scene = stage();
    const asked = [];
    for (const id of ids(200)) {
      asked.push(scene.ask(id));
      await scene.pass(300);
    }
    await scene.pass(1_000);
    await Promise.all(asked.map(({ answered }) => answered));
    expect(scene.queries.length).toBeLessThanOrEqual(0.35 * 200);
  });

  it('are never answered by a scan that began before they were asked for', async () => {
    const made: ListedVpcEndpoint[] = [];
    const answers: (() => void)[] = [];
    const scene = await busyStage(async (query) => {
      const page = await listing([...made])(query);
      if (query.Tag?.length === 1) await new Promise<void>((resolve) => answers.push(resolve));
      return page;
    });
    const early = ['a', 'b'].map((id) => scene.ask(id));
    await scene.pass(1_000);
    // The scan is under way, and its page was made before the endpoint of "c".
    made.push(endpoint('c'));
    const late = ['c', 'd'].map((id) => scene.ask(id));
    await scene.pass(500);
    answers[0]?.();
    await settle();
    expect((await Promise.all(early.map(({ answered }) => answered))).map(({ reading }) => reading.kind)).toEqual([
      'absent',
      'absent',
    ]);
    expect(scene.shared()).toHaveLength(1);
    await scene.pass(500);
    expect(scene.shared()).toHaveLength(2);
    answers[1]?.();
    const kinds = (await Promise.all(late.map(({ answered }) => answered))).map(({ reading }) => reading.kind);
    expect(kinds).toEqual(['fits', 'absent']);
  });

  it('do not wait for a scan that hangs: the next one begins a second after it', async () => {
    const scene = await busyStage(async (query) =>
      query.Tag?.length === 1 && scene.shared().length === 1 ? new Promise(() => undefined) : listing([])(query),
    );
    ['a', 'b'].map((id) => scene.ask(id));
    await scene.pass(1_000);
    const later = ['c', 'd'].map((id) => scene.ask(id));
    await scene.pass(1_000);
    await Promise.all(later.map(({ answered }) => answered));
    expect(scene.shared()).toHaveLength(2);
  });

  it('that wait alone go out with both tags', async () => {
    const scene = await busyStage();
    const { answered } = scene.ask('a');
    await scene.pass(1_000);
    await answered;
    expect(scene.own()).toHaveLength(1);
    expect(scene.shared()).toHaveLength(0);
  });

  it('take the oldest of two endpoints of the same id, as a look-up alone does', async () => {
    const [young, old] = ['2026-03-01T00:00:00Z', '2026-02-01T00:00:00Z'].map((CreateTime) =>
      endpoint('twice', { EndpointId: `ep-${CreateTime}`, CreateTime }),
    ) as [ListedVpcEndpoint, ListedVpcEndpoint];
    const scene = await busyStage(listing([young, old]));
    const asked = ['twice', 'other'].map((id) => scene.ask(id));
    await scene.pass(1_000);
    const [twice] = await Promise.all(asked.map(({ answered }) => answered));
    expect(twice?.reading).toMatchObject({ kind: 'fits', endpoint: old, others: [young.EndpointId] });
  });

  it('of two activities of one id are both answered', async () => {
    const scene = await busyStage(listing([endpoint('same')]));
    const asked = ['same', 'same'].map((id) => scene.ask(id));
    await scene.pass(1_000);
    const readings = await Promise.all(asked.map(({ answered }) => answered));
    expect(readings.map(({ reading }) => reading.kind)).toEqual(['fits', 'fits']);
    expect(scene.queries).toHaveLength(1);
  });

  it('never take an endpoint whose tags are of somebody else, or that shows none', async () => {
    const foreign = endpoint('a', { Tags: ownerTags({ installation: 'there', workflowId: 'a' }) });
    const bare = { EndpointId: 'ep-b', EndpointStatus: 'Active' };
    // A service that does not filter.
    const scene = await busyStage(async () => ({ RequestId: 'r', Endpoints: [foreign, bare] }));
    const asked = ['a', 'b'].map((id) => scene.ask(id));
    await scene.pass(1_000);
    const kinds = (await Promise.all(asked.map(({ answered }) => answered))).map(({ reading }) => reading.kind);
    expect(kinds).toEqual(['absent', 'absent']);
  });

  it('of other accounts and other installations are not shared, and do not wait', async () => {
    const scene = stage();
    const other = stage();
    await Promise.all([
      scene.ask('a').answered,
      scene.ask('a', { over: other.api }).answered,
      scene.ask('a', { installation: 'there' }).answered,
    ]);
    expect(scene.own()).toHaveLength(2);
    expect(other.own()).toHaveLength(1);
  });
});

describe('a shared scan that cannot serve its look-ups', () => {
  it.each([
    { how: 'TotalCount says so', counted: true },
    { how: 'another page follows', counted: false },
  ])('is given up for a minute where one page does not show all: $how', async ({ counted }) => {
    const scene = await busyStage(listing([...many(PAGE + 1), endpoint('b')], { counted }));
    const asked = ['a', 'b', 'c'].map((id) => scene.ask(id));
    await scene.pass(1_000);
    const kinds = (await Promise.all(asked.map(({ answered }) => answered))).map(({ reading }) => reading.kind);
    expect(kinds).toEqual(['absent', 'fits', 'absent']);
    expect(scene.shared()).toHaveLength(1);
    expect(scene.own()).toHaveLength(3);

    // It is remembered: nobody waits in vain.
    await Promise.all(ids(50).map((id) => scene.ask(id).answered));
    expect(scene.shared()).toHaveLength(1);
    expect(scene.own()).toHaveLength(53);

    await scene.pass(60_000);
    const later = ids(3).map((id) => scene.ask(id));
    await scene.pass(1_000);
    await Promise.all(later.map(({ answered }) => answered));
    expect(scene.shared()).toHaveLength(2);
  });

  it('proves no absence where an endpoint is counted that no page shows', async () => {
    const scene = await busyStage(async ({ Tag = [] }) => ({
      RequestId: 'r',
      Endpoints: Tag.length === 1 ? [] : [endpoint('a')],
      TotalCount: 1,
    }));
    const asked = ['a', 'a'].map((id) => scene.ask(id));
    await scene.pass(1_000);
    const kinds = (await Promise.all(asked.map(({ answered }) => answered))).map(({ reading }) => reading.kind);
    expect(kinds).toEqual(['fits', 'fits']);
  });

  it('shows what is there to all of them', async () => {
    const scene = await busyStage(listing([endpoint('a')]));
    const asked = ['a', 'b'].map((id) => scene.ask(id));
    await scene.pass(1_000);
    const kinds = (await Promise.all(asked.map(({ answered }) => answered))).map(({ reading }) => reading.kind);
    expect(kinds).toEqual(['fits', 'absent']);
    expect(scene.queries).toHaveLength(1);
  });

  it('that fails lets each look for itself, and is in the log of each', async () => {
    const throttled = { action: 'ListVpcEndpoints', code: 'Throttling', message: 'slow down', requestId: 'r-no' };
    const scene = await busyStage(async (query) => {
      if (query.Tag?.length === 1) throw new PrivateLinkError(throttled);
      return listing([endpoint('b')])(query);
    });
    const asked = ['a', 'b', 'c'].map((id) => scene.ask(id));
    await scene.pass(1_000);
    const answers = await Promise.all(asked.map(({ answered }) => answered));
    expect(answers.map(({ reading }) => reading.kind)).toEqual(['absent', 'fits', 'absent']);
    expect(answers[0]?.log).toEqual([
      ['Throttling', 'r-no'],
      ['0 found', expect.any(String)],
    ]);
    expect(scene.own()).toHaveLength(3);
  });

  it('gives a look-up its own error, and no other one', async () => {
    const refused = { action: 'ListVpcEndpoints', code: 'Throttling', message: 'slow down' };
    const scene = await busyStage(async (query) => {
      if (query.Tag?.length === 1 || query.Tag?.[1]?.Value === 'a') throw new PrivateLinkError(refused);
      return listing([])(query);
    });
    const [a, b] = ['a', 'b'].map((id) => scene.ask(id)) as [
      ReturnType<typeof scene.ask>,
      ReturnType<typeof scene.ask>,
    ];
    await scene.pass(1_000);
    await expect(a.answered).rejects.toThrow(PrivateLinkError);
    expect((await b.answered).reading.kind).toBe('absent');
  });

  it('does not hide an error that is no answer of the service', async () => {
    const scene = await busyStage(async (query) => {
      if (query.Tag?.length === 1) throw new TypeError('a bug');
      return listing([])(query);
    });
    const asked = ['a', 'b'].map((id) => scene.ask(id));
    await scene.pass(1_000);
    for (const { answered } of asked) await expect(answered).rejects.toThrow('a bug');
  });
});

describe('a look-up that is cancelled', () => {
  it('leaves at once while it waits, and the others are served', async () => {
    const scene = await busyStage(listing([endpoint('c')]));
    const [a, b, c] = ['a', 'b', 'c'].map((id) => scene.ask(id)) as [
      ReturnType<typeof scene.ask>,
      ReturnType<typeof scene.ask>,
      ReturnType<typeof scene.ask>,
    ];
    await settle();
    a.cancel();
    await expect(a.answered).rejects.toMatchObject({ name: 'CancelledFailure' });
    expect(scene.queries).toHaveLength(0);
    await scene.pass(1_000);
    expect((await b.answered).reading.kind).toBe('absent');
    expect((await c.answered).reading.kind).toBe('fits');
    expect(scene.queries).toHaveLength(1);
  });

  it('leaves at once while its scan runs, and the others are served', async () => {
    const answers: (() => void)[] = [];
    const scene = await busyStage(async (query) => {
      if (query.Tag?.length === 1) await new Promise<void>((resolve) => answers.push(resolve));
      return listing([])(query);
    });
    const [a, b] = ['a', 'b'].map((id) => scene.ask(id)) as [
      ReturnType<typeof scene.ask>,
      ReturnType<typeof scene.ask>,
    ];
    await scene.pass(1_000);
    a.cancel();
    await expect(a.answered).rejects.toMatchObject({ name: 'CancelledFailure' });
    answers[0]?.();
    expect((await b.answered).reading.kind).toBe('absent');
  });

  it('sends nothing where all that waited are gone, and the next one is served', async () => {
    const scene = await busyStage();
    const asked = ['a', 'b'].map((id) => scene.ask(id));
    await settle();
    for (const { cancel } of asked) cancel();
    await scene.pass(1_000);
    expect(scene.queries).toHaveLength(0);
    await scene.ask('c').answered;
    expect(scene.own()).toHaveLength(1);
    for (const { answered } of asked) await expect(answered).rejects.toMatchObject({ name: 'CancelledFailure' });
  });
});
