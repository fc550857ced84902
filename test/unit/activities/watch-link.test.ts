import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { defaultPayloadConverter, type PayloadCodec } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { msToTs } from '@temporalio/common/lib/time.js';
import { DefaultLogger } from '@temporalio/worker';
import { describe, expect, it } from 'vitest';
import { WatchLink, type WatchMode } from '../../../src/activities/watch-link.js';
import type { WatchReport } from '../../../src/contract/watch.js';

const REGION = {
  taskQueue: 'tq',
  watch: { account: 'default', RegionId: 'cn-a', activityTaskQueue: 'tq/default/watch', installation: 'here' },
};
const LIVE: WatchReport = {
  installation: 'here',
  scanAgeMs: 400,
  seesTags: true,
  pending: 20,
  scans: 9,
  failedScans: 0,
  nudges: 0,
};
const ASKED_AT_MS = 1_000_000;
const STARTED = 2;
const SCHEDULED = 1;

/** A server with a watcher, or none; and a process that makes endpoints. */
function stage(mode: WatchMode, codecs: PayloadCodec[] = []) {
  const server = {
    report: undefined as WatchReport | undefined,
    state: STARTED,
    isAway: false,
    signals: 0,
    described: 0,
    /** By the clock of the server. */
    heardAtMs: 0,
  };
  const describeRun = async () => {
    server.described += 1;
    if (server.isAway) throw new Error('no server');
    if (server.report === undefined) throw new WorkflowNotFoundError('none', 'watch', undefined);
    let payloads = [defaultPayloadConverter.toPayload(server.report)];
    for (const codec of codecs) payloads = await codec.encode(payloads);
    const watching = {
      activityId: 'watch',
      state: server.state,
      heartbeatDetails: { payloads },
      lastHeartbeatTime: msToTs(server.heardAtMs),
      lastStartedTime: msToTs(server.heardAtMs),
    };
    return { raw: { pendingActivities: [{ activityId: 'other', state: STARTED }, watching] } };
  };
  const client = {
    options: {
      namespace: 'default',
      loadedDataConverter: { payloadConverter: defaultPayloadConverter, payloadCodecs: codecs },
    },
    withAbortSignal: (_: AbortSignal, work: () => unknown) => work(),
    withDeadline: (_: number, work: () => unknown) => work(),
    workflow: {
      getHandle: () => ({ describe: describeRun }),
      signalWithStart: async (type: string, options: { workflowId: string }) => {
        if (server.isAway) throw new Error('no server');
        expect([type, options.workflowId]).toEqual(['watchVpcEndpoints', 'watch/default/cn-a']);
        server.signals += 1;
      },
    },
  } as unknown as Client;
  let nowMs = 0;
  const link = new WatchLink(mode, () => nowMs);
  return {
    server,
    pass: (ms: number) => {
      nowMs += ms;
    },
    expects: (isRepeated = false) =>
      new MockActivityEnvironment(
        { currentAttemptScheduledTimestampMs: ASKED_AT_MS },
        { client, logger: new DefaultLogger('ERROR') },
      ).run(() => link.expect({ ...REGION, isRepeated })),
  };
}

describe('what a create learns of the watcher of its region', () => {
  it('relies upon one that sees', async () => {
    const { server, expects } = stage('always');
    server.report = LIVE;
    expect(await expects()).toBe(true);
  });

  it.each<[string, Partial<WatchReport>]>([
    ['has not scanned yet', { scanAgeMs: undefined as never }],
    ['is blind', { scanAgeMs: 15_001 }],
    ['sees no tags', { seesTags: false }],
    ['watches for another installation', { installation: 'elsewhere' }],
  ])('does not rely upon one that %s', async (_, report) => {
    const { server, expects } = stage('always');
    server.report = { ...LIVE, ...report };
    expect(await expects()).toBe(false);
  });

  it('does not rely upon one whose worker is gone', async () => {
    const { server, expects } = stage('always');
    server.report = LIVE;
    server.state = SCHEDULED;
    expect(await expects()).toBe(false);
  });

  it('relies for ten seconds upon one that was live and changes hands', async () => {
    const { server, expects, pass } = stage('always');
    server.report = LIVE;
    expect(await expects()).toBe(true);
    server.state = SCHEDULED;
    pass(6_000);
    expect(await expects()).toBe(true);
    server.state = STARTED;
    server.report = { ...LIVE, scanAgeMs: undefined as never };
    pass(3_000);
    expect(await expects()).toBe(true);
    pass(1_500);
    expect(await expects()).toBe(false);
    server.report = LIVE;
    pass(1_500);
    expect(await expects()).toBe(true);
  });

  it.each([
    { state: SCHEDULED, report: LIVE, agoMs: 9_000, relied: true },
    { state: SCHEDULED, report: LIVE, agoMs: -9_000, relied: true },
    { state: SCHEDULED, report: LIVE, agoMs: 11_000, relied: false },
    { state: SCHEDULED, report: LIVE, agoMs: -11_000, relied: false },
    { state: SCHEDULED, report: { ...LIVE, seesTags: false }, agoMs: 1_000, relied: false },
    { state: STARTED, report: { ...LIVE, scanAgeMs: undefined as never, before: LIVE }, agoMs: 1_000, relied: true },
    { state: STARTED, report: { ...LIVE, scanAgeMs: undefined as never, before: LIVE }, agoMs: 20_000, relied: false },
    { state: STARTED, report: { ...LIVE, scanAgeMs: undefined as never }, agoMs: 1_000, relied: false },
  ])('in a process that is new goes by what it said, %o', async ({ state, report, agoMs, relied }) => {
    const { server, expects } = stage('always');
    Object.assign(server, { state, report, heardAtMs: ASKED_AT_MS - agoMs });
    expect(await expects()).toBe(relied);
  });

  it('does not rely upon one that was live and has ended, or sees nothing', async () => {
    const { server, expects, pass } = stage('always');
    server.report = LIVE;
    expect(await expects()).toBe(true);
    server.report = { ...LIVE, scanAgeMs: 20_000 };
    pass(6_000);
    expect(await expects()).toBe(false);
    server.report = undefined;
    pass(2_000);
    expect(await expects()).toBe(false);
  });

  it('never fails: without an answer there is no watcher, and the next create asks again', async () => {
    const { server, expects } = stage('always');
    server.isAway = true;
    expect(await expects()).toBe(false);
    server.isAway = false;
    server.report = LIVE;
    expect(await expects()).toBe(true);
    expect(server.signals).toBe(1);
  });

  it('asks for a watcher once in 30 s, and how it is once in 5 s', async () => {
    const { server, expects, pass } = stage('always');
    server.report = LIVE;
    for (let made = 0; made < 40; made += 1) {
      await expects();
      pass(1_000);
    }
    expect(server.signals).toBe(2);
    expect(server.described).toBe(7);
  });

  it('lets a few endpoints look for themselves, and starts no watcher for them', async () => {
    const { server, expects, pass } = stage('auto');
    for (let made = 0; made < 20; made += 1) {
      expect(await expects()).toBe(false);
      pass(31_000);
    }
    expect(server.signals).toBe(0);
  });

  it('starts none for one create call that is repeated', async () => {
    const { server, expects } = stage('auto');
    for (let tried = 0; tried < 9; tried += 1) await expects(tried > 0);
    expect(server.signals).toBe(0);
  });

  it('starts one for a burst, and relies upon it once many are on their way', async () => {
    const { server, expects, pass } = stage('auto');
    for (let made = 0; made < 3; made += 1) await expects();
    expect(server.signals).toBe(1);
    server.report = { ...LIVE, pending: 4 };
    pass(6_000);
    expect(await expects()).toBe(false);
    server.report = LIVE;
    pass(6_000);
    expect(await expects()).toBe(true);
  });

  it('reads what a codec has encoded', async () => {
    const mirrored = (data: Uint8Array | null | undefined) => Uint8Array.from(data ?? []).reverse();
    const mirror = (payloads: Parameters<PayloadCodec['encode']>[0]) =>
      Promise.resolve(payloads.map((payload) => ({ ...payload, data: mirrored(payload.data) })));
    const { server, expects } = stage('always', [{ encode: mirror, decode: mirror }]);
    server.report = LIVE;
    expect(await expects()).toBe(true);
  });
});
