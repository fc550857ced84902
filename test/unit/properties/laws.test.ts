import { describe, expect, it } from 'vitest';
import type { FailureDetails, ProvisionResult } from '../../../src/contract/result.js';
import { breaches, LAWS } from '../../properties/laws.js';
import type { Answer, CallRecord, Making, Observation, RunEnd, RunRecord } from '../../properties/observation.js';
import { PLAIN_SEQUENCE, type Deed, type Sequence } from '../../properties/sequence.js';

const RUN = 'run-1';
const EP = 'ep-1';

const shows = (EndpointId: string, EndpointStatus: string): Answer => ({
  status: 200,
  requestId: 'R-1',
  endpoints: [{ EndpointId, EndpointStatus }],
});
const refuses = (code: string): Answer => ({ status: 400, code, requestId: 'R-2', endpoints: [] });
const EMPTY: Answer = { status: 200, requestId: 'R-0', endpoints: [] };

function call(action: string, answer?: Answer, more: Partial<CallRecord> = {}): CallRecord {
  return { runId: RUN, attempt: `${action}#1`, action, atMs: 0, ...(answer === undefined ? {} : { answer }), ...more };
}
const list = (answer = EMPTY) => call('ListVpcEndpoints', answer);
const create = (epoch: number, answer?: Answer, does?: Deed) =>
  call('CreateVpcEndpoint', answer, { clientToken: `${RUN}.${epoch}`, ...(does === undefined ? {} : { does }) });
const get = (answer: Answer) => call('GetVpcEndpointAttribute', answer);

const made = (EndpointId: string, afterCalls: number, more: Partial<Making> = {}): Making => ({
  EndpointId,
  runId: RUN,
  afterCalls,
  clientToken: `${RUN}.1`,
  beside: [],
  ...more,
});

const READY: RunEnd = {
  kind: 'ready',
  result: {
    outcome: 'created',
    endpoint: { EndpointId: EP, EndpointStatus: 'Active' },
    zones: [],
    times: {},
    attempts: [],
  } satisfies ProvisionResult,
};

function failed(details: Partial<FailureDetails>, type = 'RequestRejected'): RunEnd {
  const whole: FailureDetails = {
    class: 'invalid',
    code: 'VpcNotFound',
    requestId: 'R-2',
    endpointMayExist: false,
    advice: 'Check VpcId.',
    retryable: false,
    attempts: [{ at: '', action: 'CreateVpcEndpoint', code: 'VpcNotFound', RequestId: 'R-2' }],
  };
  return { kind: 'failed', type, message: 'VpcNotFound: no (RequestId R-2)', details: { ...whole, ...details } };
}

const run = (end: RunEnd, more: Partial<RunRecord> = {}): RunRecord => ({
  runId: RUN,
  end,
  endpoints: [],
  historyEvents: 18,
  failedTasks: [],
  leaks: [],
  ...more,
});

function observed(
  runs: readonly RunRecord[],
  calls: readonly CallRecord[],
  makings: readonly Making[] = [],
  sequence: Partial<Sequence> = {},
): Observation {
  return {
    sequence: { ...PLAIN_SEQUENCE, timeouts: 'short', ...sequence },
    workflowId: 'w',
    runs,
    calls,
    makings,
    actions: calls.map(({ action }) => action),
    secondStarts: [],
  };
}

const DELETING = [{ EndpointId: EP, EndpointStatus: 'Deleting' }];
const ACTIVE = [{ EndpointId: EP, EndpointStatus: 'Active' }];
const GOOD = observed(
  [run(READY, { endpoints: ACTIVE })],
  [list(), create(1, shows(EP, 'Creating')), get(shows(EP, 'Active'))],
  [made(EP, 2)],
);
const REFUSED = observed([run(failed({}))], [list(), create(1, refuses('VpcNotFound'))]);

const lawsOf = (observation: Observation) => [...new Set(breaches(observation).map(({ law }) => law))];

describe('the laws of the properties', () => {
  it('hold for a run that creates and one that is refused', () => {
    expect(breaches(GOOD)).toEqual([]);
    expect(breaches(REFUSED)).toEqual([]);
  });

  const CASES: readonly { readonly why: string; readonly law: keyof typeof LAWS; readonly broken: Observation }[] = [
    {
      why: 'a second endpoint beside the first',
      law: 'oneEndpoint',
      broken: { ...GOOD, makings: [made(EP, 2), made('ep-2', 3, { runId: 'run-2', beside: ACTIVE })] },
    },
    {
      why: 'a run that knew an endpoint and made another when it was gone',
      law: 'oneEndpoint',
      broken: observed(
        [run(READY, { endpoints: ACTIVE })],
        [create(1, shows('ep-0', 'Creating')), get(refuses('EndpointNotFound')), create(1, shows(EP, 'Creating'))],
        [made('ep-0', 1), made(EP, 3)],
      ),
    },
    {
      why: 'two endpoints without tags, and no lost call that was refused later',
      law: 'oneEndpoint',
      broken: { ...GOOD, makings: [made(EP, 2), made('ep-2', 3)], sequence: { ...GOOD.sequence, ownerTags: false } },
    },
    {
      why: 'a result that is not Active',
      law: 'ready',
      broken: { ...GOOD, runs: [run(READY, { endpoints: [{ EndpointId: EP, EndpointStatus: 'Creating' }] })] },
    },
    { why: 'a result that does not exist', law: 'ready', broken: { ...GOOD, runs: [run(READY)] } },
    {
      why: 'a result that no Get has shown as Active',
      law: 'ready',
      broken: { ...GOOD, calls: [list(), create(1, shows(EP, 'Active')), get(shows(EP, 'Creating'))] },
    },
    {
      why: 'endpointMayExist false beside an endpoint of its own that is Deleting',
      law: 'mayExist',
      broken: { ...REFUSED, runs: [run(failed({}), { endpoints: DELETING })], makings: [made(EP, 0)] },
    },
    {
      why: 'endpointMayExist false before a lost call is executed late',
      law: 'mayExist',
      broken: { ...REFUSED, makings: [made(EP, 3)] },
    },
    {
      why: 'nothingCreated beside an endpoint',
      law: 'mayExist',
      broken: observed(
        [run({ kind: 'cancelled', outcome: { outcome: 'nothingCreated' } }, { endpoints: ACTIVE })],
        [create(1, undefined, { kind: 'cancel' })],
      ),
    },
    {
      why: 'a failure that does not name the endpoint that the run was shown',
      law: 'endpointId',
      broken: observed(
        [run(failed({ endpointMayExist: true }))],
        [list(shows(EP, 'Active')), get(refuses('VpcNotFound'))],
      ),
    },
    {
      why: 'a failure that names an endpoint that nobody made',
      law: 'endpointId',
      broken: { ...REFUSED, runs: [run(failed({ endpointId: 'ep-9', endpointMayExist: true }))] },
    },
    {
      why: 'a failure of a type that is not listed',
      law: 'ends',
      broken: { ...REFUSED, runs: [run(failed({}, 'Oops'))] },
    },
    { why: 'a failure without advice', law: 'ends', broken: { ...REFUSED, runs: [run(failed({ advice: ' ' }))] } },
    {
      why: 'a cancelled run without an outcome',
      law: 'ends',
      broken: observed([run({ kind: 'cancelled', outcome: undefined })], [create(1, undefined, { kind: 'cancel' })]),
    },
    {
      why: 'a run that is cancelled by itself',
      law: 'ends',
      broken: observed([run({ kind: 'cancelled', outcome: { outcome: 'unknown' } })], [list()]),
    },
    {
      why: 'a run that does not end',
      law: 'ends',
      broken: { ...GOOD, runs: [run({ kind: 'other', what: 'runs on' })] },
    },
    {
      why: 'the same token after a definite refusal',
      law: 'tokens',
      broken: {
        ...GOOD,
        calls: [create(1, refuses('QuotaMisMatched')), create(1, shows(EP, 'Creating')), get(shows(EP, 'Active'))],
      },
    },
    {
      why: 'a new token after a call without an answer',
      law: 'tokens',
      broken: { ...GOOD, calls: [create(1), create(2, shows(EP, 'Creating')), get(shows(EP, 'Active'))] },
    },
    {
      why: 'an epoch that is skipped',
      law: 'tokens',
      broken: {
        ...GOOD,
        calls: [create(1, refuses('QuotaMisMatched')), create(3, shows(EP, 'Creating')), get(shows(EP, 'Active'))],
      },
    },
    {
      why: 'a token on another base',
      law: 'tokens',
      broken: { ...GOOD, sequence: { ...GOOD.sequence, ownToken: true } },
    },
    {
      why: 'a create call after one that succeeded',
      law: 'tokens',
      broken: { ...GOOD, calls: [...GOOD.calls, create(1, shows(EP, 'Active'))] },
    },
    { why: 'a delete call', law: 'nothingDeleted', broken: { ...GOOD, actions: ['DeleteVpcEndpoint'] } },
    {
      why: 'a RequestId that no answer had',
      law: 'attempts',
      broken: {
        ...REFUSED,
        runs: [
          run(failed({ attempts: [{ at: '', action: 'CreateVpcEndpoint', code: 'VpcNotFound', RequestId: 'R-9' }] })),
        ],
      },
    },
    {
      why: 'an answered attempt without its RequestId',
      law: 'attempts',
      broken: {
        ...REFUSED,
        runs: [run(failed({ attempts: [{ at: '', action: 'CreateVpcEndpoint', code: 'VpcNotFound' }] }))],
      },
    },
    { why: 'no attempt at all', law: 'attempts', broken: { ...REFUSED, runs: [run(failed({ attempts: [] }))] } },
    {
      why: 'a failure where a quota was used up for a moment',
      law: 'passes',
      broken: {
        ...REFUSED,
        sequence: {
          ...PLAIN_SEQUENCE,
          steps: [{ on: 'CreateVpcEndpoint', does: { kind: 'code', code: 'QuotaMisMatched' } }],
        },
      },
    },
    { why: 'a second run beside the first', law: 'starters', broken: { ...GOOD, secondStarts: ['started'] } },
    {
      why: 'a workflow task that failed',
      law: 'history',
      broken: { ...GOOD, runs: [run(READY, { endpoints: ACTIVE, failedTasks: ['TMPRL1100'] })] },
    },
    {
      why: 'a secret in a history',
      law: 'history',
      broken: { ...GOOD, runs: [run(READY, { endpoints: ACTIVE, leaks: ['LTAI5tPlantedInAMessage'] })] },
    },
    {
      why: 'a history that grows',
      law: 'history',
      broken: { ...GOOD, runs: [run(READY, { endpoints: ACTIVE, historyEvents: 10_000 })] },
    },
  ];

  it.each(CASES)('$law is broken by $why', ({ law, broken }) => {
    expect(lawsOf(broken)).toContain(law);
  });

  it('each have a case here that breaks them', () => {
    expect(new Set(CASES.map(({ law }) => law))).toEqual(new Set(Object.keys(LAWS)));
  });

  it('do not count an endpoint of another run that somebody deletes', () => {
    expect(breaches({ ...REFUSED, runs: [run(failed({}), { endpoints: DELETING })] })).toEqual([]);
  });

  it('allow the next token after a refusal that was heard by an activity of the same id as one that died', () => {
    const died = { ...list(), attempt: 'create.1#1', does: { kind: 'dieBefore' } as const };
    const refused = { ...create(1, refuses('QuotaMisMatched')), attempt: 'create.1#1' };
    const again = [{ ...create(2, shows(EP, 'Creating')), attempt: 'create.2#1' }, get(shows(EP, 'Active'))];
    const end = [run(READY, { endpoints: ACTIVE })];
    expect(breaches(observed(end, [died, refused, ...again], [made(EP, 3)]))).toEqual([]);
  });

  it('allow the same token after a refusal that died with the attempt that heard it', () => {
    const heard = { ...create(1, refuses('EndpointExist')), attempt: 'create.1#1' };
    const died = { ...call('ListVpcEndpoints'), attempt: 'create.1#1', does: { kind: 'dieBefore' } as const };
    const again = [{ ...create(1, shows(EP, 'Creating')), attempt: 'create.1#2' }, get(shows(EP, 'Active'))];
    const end = [run(READY, { endpoints: ACTIVE })];
    expect(breaches(observed(end, [heard, died, ...again], [made(EP, 3)]))).toEqual([]);
    expect(lawsOf(observed(end, [heard, ...again], [made(EP, 2)]))).toContain('tokens');
  });

  it('allow a new endpoint for a new run after the first vanished, and without tags after a lost call was refused', () => {
    const second = observed(
      [run(READY, { runId: 'run-2', endpoints: ACTIVE })],
      [
        { ...create(1, shows('ep-0', 'Creating')), runId: RUN },
        { ...create(1, shows(EP, 'Creating')), runId: 'run-2', clientToken: 'run-2.1' },
        { ...get(shows(EP, 'Active')), runId: 'run-2' },
      ],
      [made('ep-0', 1), made(EP, 2, { runId: 'run-2', clientToken: 'run-2.1' })],
    );
    expect(breaches(second)).toEqual([]);

    const untagged = observed(
      [run(READY, { endpoints: ACTIVE })],
      [create(1), create(1, refuses('QuotaMisMatched')), create(2, shows(EP, 'Creating')), get(shows(EP, 'Active'))],
      [made('ep-0', 1), made(EP, 3, { beside: [{ EndpointId: 'ep-0', EndpointStatus: 'Creating' }] })],
      { ownerTags: false },
    );
    expect(breaches(untagged)).toEqual([]);
  });
});
