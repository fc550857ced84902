import { describe, expect, test } from 'vitest';
import { checkRetention, compareAttributes } from '../../../../src/cli/doctor/temporal-server.js';
import { SEARCH_ATTRIBUTES } from '../../../../src/contract/search-attributes.js';

const TARGET = { address: 'localhost:7233', namespace: 'orders', tls: false };
const DAY_MS = 86_400_000;
const KEYWORD = 2;
const ALL = Object.fromEntries(Object.keys(SEARCH_ATTRIBUTES).map((name) => [name, KEYWORD]));

describe('the retention of a namespace', () => {
  test.each([
    { retentionMs: 3 * DAY_MS, verdict: 'pass', reason: 'three days are enough' },
    { retentionMs: 30 * DAY_MS, verdict: 'pass', reason: 'more is better' },
    { retentionMs: 3 * DAY_MS - 1, verdict: 'warn', reason: 'less is not' },
    { retentionMs: DAY_MS, verdict: 'warn', reason: 'a dev server keeps runs for a day' },
    { retentionMs: 0, verdict: 'unknown', reason: 'nothing is deleted at once' },
    { retentionMs: undefined, verdict: 'unknown', reason: 'the server did not tell' },
  ])('$retentionMs ms: $verdict, since $reason', ({ retentionMs, verdict }) => {
    expect(checkRetention(retentionMs, TARGET)).toMatchObject({ verdict });
  });

  test('that is short says why it matters, and how to change it', () => {
    const check = checkRetention(DAY_MS, TARGET);
    expect(check).toMatchObject({ seen: 'closed runs are kept for 1d' });
    expect('advice' in check ? check.advice : '').toMatch(
      /earlier ones ended.*pvlctl result.*temporal operator namespace update --namespace orders --retention 168h --address localhost:7233/,
    );
  });
});

describe('the search attributes of a namespace', () => {
  test('pass when all are registered', () => {
    expect(compareAttributes(ALL, TARGET)).toMatchObject({ verdict: 'pass', seen: '7 of 7 are registered' });
  });

  test('that are missing are a warning that gives the command', () => {
    const check = compareAttributes({ ...ALL, PvlPhase: undefined, PvlAccount: null, Owner: KEYWORD }, TARGET);
    expect(check).toMatchObject({ verdict: 'warn', seen: '5 of 7 are registered; missing: PvlAccount, PvlPhase' });
    expect('advice' in check ? check.advice : '').toMatch(
      /^Without all of them runs use their memo.*search-attribute create --namespace orders --address localhost:7233 --name PvlAccount --type Keyword --name PvlPhase --type Keyword\.$/,
    );
  });

  test('of another type are named with both types', () => {
    const check = compareAttributes({ ...ALL, PvlPhase: 1 }, TARGET);
    expect(check).toMatchObject({ verdict: 'warn' });
    expect(check.seen).toContain('PvlPhase (Text instead of Keyword)');
  });
});
