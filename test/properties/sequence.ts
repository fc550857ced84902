import fc from 'fast-check';
import { ERROR_CATALOGUE } from '../../src/model/error-catalogue.js';
import { ERROR_CLASSES, type ErrorClass } from '../../src/model/error-class.js';
import type { ForcedStatuses } from '../../src/simulator/engine/endpoint.js';
import type { FaultEffect } from '../../src/testing/index.js';

/** Actions of the API that a provision calls. */
export const ACTIONS = [
  'CreateVpcEndpoint',
  'ListVpcEndpoints',
  'GetVpcEndpointAttribute',
  'ListVpcEndpointZones',
] as const;
export type Action = (typeof ACTIONS)[number];

/**
 * What happens to one call. Times are virtual, by the clock of the run.
 *
 * Faults of the twin strike the call itself. The others are of this lane:
 * - `pass`: nothing happens, so that the next step meets the next call;
 * - `late`: no answer now; the service executes the call after `ms`;
 * - `twice`: answered as usual, and a copy is executed after `ms`;
 * - `dieBefore`, `dieAfter`: the attempt ends without a word, as with its worker, before or after the call's effect;
 * - `vanish`, `force`, `deleteByOthers`: the world, just before the call;
 * - `cancel`, `terminate`, `secondStart`: of the run, while the call is on its way.
 */
export type Deed =
  | Extract<FaultEffect, { kind: TwinFault }>
  | { readonly kind: OwnDeed }
  | { readonly kind: 'late' | 'twice'; readonly ms: number }
  | { readonly kind: 'force'; readonly statuses: ForcedStatuses };

type TwinFault = 'code' | 'loseResponse' | 'resetBefore' | 'errorAfter' | 'throttle' | 'duplicate' | 'flap';
type OwnDeed = 'pass' | 'dieBefore' | 'dieAfter' | 'vanish' | 'deleteByOthers' | 'cancel' | 'terminate' | 'secondStart';

/** One deed for the next call of an action that no earlier step has met. */
export interface Step {
  readonly on: Action;
  readonly does: Deed;
}

/** A request, a world and what goes wrong in it: plain JSON, to be pasted back. */
export interface Sequence {
  readonly ownerTags: boolean;
  /** The caller names a ClientToken. */
  readonly ownToken: boolean;
  /** `quick`: parked for half a minute at most. `never`: not at all. */
  readonly retry: 'default' | 'quick' | 'never';
  /** `short`: 5 min to be accepted, 10 min to become Active. */
  readonly timeouts: 'default' | 'short';
  readonly rememberRefusals: boolean;
  readonly createAnswersActive: boolean;
  /** How long after its creation List and Get miss an endpoint. */
  readonly listLagMs: number;
  readonly getLagMs: number;
  readonly tokenRetentionMs: number;
  /** After each end the same id is started again, so many times. */
  readonly reruns: number;
  readonly steps: readonly Step[];
}

/** The most steps of a sequence. */
export const MAX_STEPS = 12;

const DAY_MS = 86_400_000;

/** A run is patient for 60 s after its last call: what the service does later is a risk that the docs name. */
const LATEST_MS = 55_000;

/** Codes that a service can answer with, by class. Codes of calls that got no answer cannot be answered. */
const CODES: ReadonlyMap<ErrorClass, readonly string[]> = new Map(
  (Object.keys(ERROR_CLASSES) as ErrorClass[]).map((name) => [
    name,
    name === 'unlisted'
      ? ['Nobody.KnowsThis', 'Nobody.KnowsThat']
      : ERROR_CATALOGUE.filter((entry) => entry.class === name && entry.source !== 'transport').map(({ code }) =>
          code.replace(/\*$/, code.endsWith('.*') ? 'Something' : '.Something'),
        ),
  ]),
);

const codeOf = (...classes: readonly ErrorClass[]): fc.Arbitrary<Deed> =>
  fc
    .constantFrom(...classes)
    .chain((name) => fc.constantFrom(...(CODES.get(name) ?? [])))
    .map((code) => ({ kind: 'code', code }));

const plain = (kind: OwnDeed | 'loseResponse' | 'resetBefore'): fc.Arbitrary<Deed> => fc.constant({ kind });

const lost: fc.Arbitrary<Deed> = fc.oneof(
  plain('loseResponse'),
  plain('resetBefore'),
  plain('dieBefore'),
  plain('dieAfter'),
  fc
    .tuple(fc.constantFrom(500, 502, 503), fc.constantFrom('json', 'html', 'empty'))
    .map(([status, body]): Deed => ({ kind: 'errorAfter', status, body })),
);

const throttled: fc.Arbitrary<Deed> = fc
  .constantFrom(undefined, 2_000, 60_000, 300_000)
  .map((timeLeftMs): Deed => (timeLeftMs === undefined ? { kind: 'throttle' } : { kind: 'throttle', timeLeftMs }));

const copies: fc.Arbitrary<Deed> = fc
  .tuple(fc.constantFrom('late', 'late', 'twice'), fc.constantFrom(1_500, 20_000, LATEST_MS, LATEST_MS))
  .map(([kind, ms]): Deed => ({ kind, ms }));

const duplicate: fc.Arbitrary<Deed> = fc
  .constantFrom<('first' | 'second')[]>('first', 'second')
  .map((answer): Deed => ({ kind: 'duplicate', answer }));

const world: fc.Arbitrary<Deed> = fc.oneof(
  plain('vanish'),
  plain('deleteByOthers'),
  fc
    .constantFrom<ForcedStatuses[]>(
      { EndpointStatus: 'Active' },
      { EndpointStatus: 'Creating' },
      { EndpointStatus: 'Deleting' },
      { EndpointStatus: 'Frozen' },
      { EndpointBusinessStatus: 'FinancialLocked' },
      { ConnectionStatus: 'ServiceDeleted' },
      { ConnectionStatus: 'Disconnected' },
    )
    .map((statuses): Deed => ({ kind: 'force', statuses })),
);

/** An answer that is wrong for once: the endpoint is Creating, or has a status that nobody knows. */
const flap: fc.Arbitrary<Deed> = fc
  .constantFrom('Creating', 'Pending', 'Frozen')
  .map((EndpointStatus): Deed => ({ kind: 'flap', EndpointStatus }));

const people: fc.Arbitrary<Deed> = fc.oneof(plain('cancel'), plain('secondStart'), plain('terminate'));

/** Every class that can be met on any action, those that a run survives first and more often. */
const passingCode = codeOf('quota', 'status', 'conflict', 'unlisted', 'unknown', 'inFlight', 'throttled');
/** Parked for seconds only, so that a lost call may still be on its way when the run tries again. */
const shortlyPassingCode = codeOf('conflict', 'status', 'unlisted');
const finalCode = codeOf('invalid', 'denied', 'exists', 'tokenReuse', 'absent', 'dryRunPassed');

const stepOn = (on: Action, ...deeds: readonly fc.WeightedArbitrary<Deed>[]): fc.Arbitrary<Step> =>
  fc.record({ on: fc.constant(on), does: fc.oneof(...deeds) });

const pass = { arbitrary: plain('pass'), weight: 3 };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    arbitrary: stepOn(
      'CreateVpcEndpoint',
      { arbitrary: passingCode, weight: 6 },
      { arbitrary: shortlyPassingCode, weight: 4 },
      { arbitrary: lost, weight: 6 },
      { arbitrary: copies, weight: 5 },
      { arbitrary: duplicate, weight: 2 },
      { arbitrary: throttled, weight: 3 },
      { arbitrary: finalCode, weight: 3 },
      { arbitrary: world, weight: 1 },
      { arbitrary: people, weight: 2 },
    ),
    weight: 10,
  },
  {
    arbitrary: stepOn(
      'ListVpcEndpoints',
      pass,
      { arbitrary: passingCode, weight: 3 },
      { arbitrary: lost, weight: 3 },
      { arbitrary: throttled, weight: 1 },
      { arbitrary: finalCode, weight: 3 },
      { arbitrary: world, weight: 2 },
      { arbitrary: people, weight: 2 },
    ),
    weight: 5,
  },
  {
    arbitrary: stepOn(
      'GetVpcEndpointAttribute',
      pass,
      { arbitrary: passingCode, weight: 3 },
      { arbitrary: lost, weight: 2 },
      { arbitrary: throttled, weight: 1 },
      { arbitrary: finalCode, weight: 3 },
      { arbitrary: world, weight: 8 },
      { arbitrary: flap, weight: 1 },
      { arbitrary: people, weight: 2 },
    ),
    weight: 6,
  },
  {
    arbitrary: stepOn(
      'ListVpcEndpointZones',
      pass,
      { arbitrary: passingCode, weight: 2 },
      { arbitrary: lost, weight: 2 },
      { arbitrary: finalCode, weight: 2 },
      { arbitrary: world, weight: 3 },
      { arbitrary: people, weight: 1 },
    ),
    weight: 2,
  },
);

const world24h = fc.record({
  listLagMs: fc.constantFrom(0, 10_000, 30_000),
  tokenRetentionMs: fc.constant(DAY_MS),
});

/** Where tokens are forgotten soon, look-ups have to show everything by then: more than that nobody can survive. */
const forgetful = fc.constantFrom(
  { listLagMs: 0, tokenRetentionMs: 0 },
  { listLagMs: 0, tokenRetentionMs: 40_000 },
  { listLagMs: 30_000, tokenRetentionMs: 40_000 },
);

/** Requests, worlds and up to {@link MAX_STEPS} steps. Shrinks to defaults and to fewer steps. */
export const anySequence: fc.Arbitrary<Sequence> = fc
  .record({
    ownerTags: fc.oneof({ arbitrary: fc.constant(true), weight: 4 }, { arbitrary: fc.constant(false), weight: 1 }),
    ownToken: fc.oneof({ arbitrary: fc.constant(false), weight: 3 }, { arbitrary: fc.constant(true), weight: 1 }),
    retry: fc.constantFrom('default', 'quick', 'never'),
    timeouts: fc.constantFrom('default', 'short'),
    rememberRefusals: fc.boolean().map((forgets) => !forgets),
    createAnswersActive: fc.boolean(),
    getLagMs: fc.constantFrom(0, 0, 0, 20_000, 120_000),
    memory: fc.oneof({ arbitrary: world24h, weight: 4 }, { arbitrary: forgetful, weight: 1 }),
    reruns: fc.constantFrom(0, 0, 0, 1, 1, 2),
    steps: fc.array(step, { maxLength: MAX_STEPS, size: 'max' }),
  })
  .map(({ memory, steps, ...rest }) => {
    // Without tags the token is all there is: where that is forgotten nobody can know of a lost call.
    const { listLagMs, tokenRetentionMs } = rest.ownerTags ? memory : { ...memory, tokenRetentionMs: DAY_MS };
    // A copy that comes when its token is forgotten makes a second endpoint, whatever its sender does.
    const remembered = tokenRetentionMs === DAY_MS;
    return {
      ...rest,
      listLagMs,
      tokenRetentionMs,
      steps: remembered ? steps : steps.filter(({ does }) => !isCopied(does)),
    };
  });

function isCopied({ kind }: Deed): boolean {
  return kind === 'late' || kind === 'twice' || kind === 'duplicate';
}

/**
 * Read a sequence that was pasted back.
 *
 * @throws TypeError - It is no JSON object with steps on known actions.
 */
export function parseSequence(text: string): Sequence {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new TypeError(`The sequence is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const sequence = { ...PLAIN_SEQUENCE, ...(value as Partial<Sequence>) };
  const unknown = Object.keys(sequence).find((field) => !Object.hasOwn(PLAIN_SEQUENCE, field));
  if (unknown !== undefined) throw new TypeError(`A sequence has no ${unknown}`);
  if (!Array.isArray(sequence.steps)) throw new TypeError('steps is not a list');
  for (const given of sequence.steps as readonly Partial<Step>[]) {
    if (given.on === undefined || !ACTIONS.includes(given.on)) {
      throw new TypeError(`on is one of ${ACTIONS.join(', ')}, not ${String(given.on)}`);
    }
    if (typeof given.does?.kind !== 'string') throw new TypeError(`does.kind is missing on ${given.on}`);
  }
  return sequence;
}

/** Nothing goes wrong, every option at its default. */
export const PLAIN_SEQUENCE: Sequence = {
  ownerTags: true,
  ownToken: false,
  retry: 'default',
  timeouts: 'default',
  rememberRefusals: true,
  createAnswersActive: false,
  listLagMs: 0,
  getLagMs: 0,
  tokenRetentionMs: DAY_MS,
  reruns: 0,
  steps: [],
};
