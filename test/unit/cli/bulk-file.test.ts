import { describe, expect, test } from 'vitest';
import { provisionWorkflowId } from '../../../src/client/workflow-id.js';
import { readBulkText, type BulkDefaults } from '../../../src/cli/bulk/bulk-file.js';
import { INPUT } from './fixture.js';

const named = (EndpointName: string, more: object = {}) =>
  JSON.stringify({ request: { ...INPUT.request, EndpointName }, ...more });

/** The message of the refusal. */
function refusal(text: string, defaults: BulkDefaults = {}): string {
  let lines: unknown;
  try {
    lines = readBulkText(text, 'requests.jsonl', defaults);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error(`It was not refused: ${JSON.stringify(lines)}`);
}

describe('readBulkText', () => {
  test('reads a line a request, skips empty ones, and keeps the numbers of the lines', () => {
    const text = `${named('orders-a')}\r\n\n  \n${named('orders-b', { workflowId: 'order-7', until: 'Connected' })}`;
    const lines = readBulkText(text, 'requests.jsonl');
    expect(lines).toMatchObject([
      { line: 1, workflowId: provisionWorkflowId({ request: { ...INPUT.request, EndpointName: 'orders-a' } }) },
      { line: 4, workflowId: 'order-7', input: { until: 'Connected' } },
    ]);
    expect(lines[1]?.input).not.toHaveProperty('workflowId');
  });

  test('names the one bad line among 10,000', () => {
    const all = Array.from({ length: 10_000 }, (_, index) => named(`orders-${index}`));
    all[6_999] = JSON.stringify({ request: { ...INPUT.request, VpcID: 'vpc-1' } });
    expect(refusal(all.join('\n'))).toBe(
      'requests.jsonl has 1 problem in 1 line; nothing was started:\n' +
        '- line 7000: request.VpcID: is not known; did you mean "VpcId"?',
    );
  });

  test('lists the problems of all lines in their order, and says how many more there are', () => {
    const bad = Array.from({ length: 60 }, () => '{"request": 7}');
    const message = refusal([...bad, '{"request"'].join('\n'));
    expect(message.split('\n')[0]).toBe('requests.jsonl has 61 problems in 61 lines; nothing was started:');
    expect(message.split('\n').at(-1)).toBe('- and 11 more');
    expect(message.split('\n')).toHaveLength(52);
  });

  test.each([
    { line: '{"request": {}', says: 'line 2: is no JSON: column ' },
    { line: '[]', says: 'line 2: expected one JSON object' },
    { line: named('orders-b', { workflowId: 7 }), says: 'line 2: workflowId: expected a text' },
    { line: named('orders-b', { workflowId: 'é' }), says: 'line 2: (workflow id): ' },
    { line: JSON.stringify(INPUT.request), says: 'line 2: wrap these in "request"' },
    { line: named('orders-b', { account: 'other' }), says: 'line 2: account: --account says "mine"' },
  ])('refuses $line', ({ line, says }) => {
    expect(refusal(`${named('orders-a')}\n${line}`, { account: 'mine' })).toContain(`- ${says}`);
  });

  test('names lines of one workflow id in pairs, given or derived', () => {
    const id = provisionWorkflowId({ request: { ...INPUT.request, EndpointName: 'orders-a' } });
    const message = refusal(
      [named('orders-a'), named('orders-b'), named('orders-a'), named('orders-c', { workflowId: id })].join('\n'),
    );
    expect(message.split('\n').slice(1)).toEqual([
      `- line 3: workflowId: is that of line 1, too: ${id}`,
      `- line 4: workflowId: is that of line 1, too: ${id}`,
    ]);
  });

  test.each(['', '\n\n'])('a file without a request is refused: %j', (text) => {
    expect(refusal(text)).toBe('requests.jsonl holds no request: expected one JSON object a line');
  });

  test('an account and a dry run are those of every line', () => {
    const lines = readBulkText(named('orders-a'), 'x', { account: 'mine', dryRun: true });
    expect(lines).toMatchObject([{ input: { account: 'mine', request: { DryRun: true } } }]);
    expect(lines[0]?.workflowId).toMatch(/^dry-run\/mine\//);
  });

  test('the digest is that of the request, and not of its options', () => {
    const digest = (text: string) => readBulkText(text, 'x')[0]?.digest;
    expect(digest(named('orders-a', { until: 'Connected' }))).toBe(digest(named('orders-a')));
    expect(digest(named('orders-a', { workflowId: 'order-7' }))).toBe(digest(named('orders-a')));
    expect(digest(named('orders-b'))).not.toBe(digest(named('orders-a')));
  });
});
