import { describe, expect, it } from 'vitest';
import { ERROR_CATALOGUE, type CatalogueEntry } from '../../src/model/error-catalogue.js';
import type { ErrorClass } from '../../src/model/error-class.js';
import type { FailureType } from '../../src/contract/result.js';
import { failedProvision, provision, scenario, useBench } from '../support/provision-bench.js';

/** What a run makes of a code that the first create call is answered with; later calls succeed. */
interface Expected {
  /** Tokens of the create calls, by epoch. */
  readonly epochs: readonly number[];
  /** `ready`, or the type of the failure. */
  readonly ends: 'ready' | FailureType;
}

const EXPECTED: Readonly<Record<ErrorClass, Expected>> = {
  invalid: { epochs: [1], ends: 'RequestRejected' },
  denied: { epochs: [1], ends: 'AccessDenied' },
  quota: { epochs: [1, 2], ends: 'ready' },
  status: { epochs: [1, 2], ends: 'ready' },
  conflict: { epochs: [1, 2], ends: 'ready' },
  unlisted: { epochs: [1, 2], ends: 'ready' },
  throttled: { epochs: [1, 1], ends: 'ready' },
  unknown: { epochs: [1, 1], ends: 'ready' },
  inFlight: { epochs: [1, 1], ends: 'ready' },
  exists: { epochs: [1], ends: 'EndpointExists' },
  tokenReuse: { epochs: [1], ends: 'IdempotencyConflict' },
  // Nobody asked for a dry run, and nobody asked for something that is absent: answers that make no sense.
  dryRunPassed: { epochs: [1], ends: 'UnlistedRefusal' },
  absent: { epochs: [1], ends: 'UnlistedRefusal' },
};

/** Codes of calls that got no answer cannot be answered; they have tests of their own. */
const answered = ERROR_CATALOGUE.filter(({ source }) => source !== 'transport').map((entry) => ({
  ...entry,
  code: entry.code.replace(/\*$/, entry.code.endsWith('.*') ? 'Something' : '.Something'),
}));

type Answered = Pick<CatalogueEntry, 'code' | 'class' | 'advice' | 'elseClass'>;

describe.each([true, false])('every code gets its answer, refusals remembered under a token: %s', (remembered) => {
  const bench = useBench({ settings: { switches: { rememberRefusals: remembered } } });

  it('the table covers the whole catalogue', () => {
    expect(answered.length).toBeGreaterThan(90);
    expect(new Set(answered.map((entry) => entry.class))).toEqual(
      new Set(Object.keys(EXPECTED).filter((name) => name !== 'unlisted')),
    );
  });

  it.concurrent.each([...answered, { code: 'Nobody.KnowsThis', class: 'unlisted' as ErrorClass, advice: 'ticket' }])(
    '$code ($class)',
    async ({ code, class: errorClass, advice, elseClass }: Answered) => {
      const { workflowId, request, fault, tokens, endpoints } = scenario(bench);
      fault('CreateVpcEndpoint', { kind: 'code', code });
      // Nothing of ours exists in this test.
      const { epochs, ends } = EXPECTED[elseClass ?? errorClass];
      if (ends === 'ready') {
        const result = await provision(bench, { request }, workflowId);
        expect(result.endpoint?.EndpointStatus).toBe('Active');
        expect(endpoints().map(({ EndpointId }) => EndpointId)).toEqual([result.endpoint?.EndpointId]);
      } else {
        const failure = await failedProvision(bench, { request }, workflowId);
        expect(failure.type).toBe(ends);
        expect(failure.message).toContain(`${code}: `);
        expect(failure.message).toMatch(/RequestId [0-9A-F-]{36}/);
        expect(failure.details.code).toBe(code);
        const { denied } = failure.details;
        expect(denied !== undefined).toBe(errorClass === 'denied');
        // A missing policy is told by its action, and what is no answer to a create call is a case for a ticket.
        const noAnswer = errorClass === 'absent' || errorClass === 'dryRunPassed';
        expect(failure.details.advice).toContain(
          denied?.statement !== undefined ? denied.action : noAnswer ? 'open a ticket' : advice,
        );
        expect(endpoints()).toEqual([]);
      }
      expect(tokens().map((token) => Number(token.split('.').at(-1)))).toEqual(epochs);
      expect(new Set(tokens().map((token) => token.replace(/\.\d+$/, ''))).size).toBe(1);
    },
  );
});
