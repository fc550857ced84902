import { NamespaceNotFoundError, ServiceError } from '@temporalio/client';
import { describe, expect, test } from 'vitest';
import { OutageError } from '../../../src/client/bulk-patience.js';
import { reportOf } from '../../../src/cli/failure-report.js';
import { toldError } from '../../../src/cli/session.js';

const TARGET = { address: 'temporal.example:7233', namespace: 'default', tls: false };

function grpcError(code: number, details: string): ServiceError {
  const cause = Object.assign(new Error(`${code} ${details}`), { code, details, metadata: {} });
  return new ServiceError('Failed to start Workflow', { cause });
}

describe('what is told of a failed call', () => {
  test.each([
    { error: grpcError(2, 'UNKNOWN: proxy'), says: 'proxy' },
    { error: grpcError(4, 'DEADLINE_EXCEEDED: Deadline exceeded'), says: 'no Temporal server answered there in time' },
    { error: grpcError(5, 'NOT_FOUND: gone'), says: 'it has no namespace default' },
    { error: grpcError(7, 'PERMISSION_DENIED: no'), says: 'it refused the API key' },
    { error: grpcError(8, 'RESOURCE_EXHAUSTED: rate limit'), says: 'rate limit' },
    { error: grpcError(10, 'ABORTED: again'), says: 'again' },
    { error: grpcError(13, 'INTERNAL: broken'), says: 'broken' },
    { error: grpcError(14, 'UNAVAILABLE: connect ECONNREFUSED'), says: 'nothing listens there' },
    { error: new NamespaceNotFoundError('default'), says: "Namespace not found: 'default'" },
    { error: new Error('something else'), says: 'something else' },
  ])('an outage is the server, whatever it ended with: $says', ({ error, says }) => {
    const report = reportOf(toldError(new OutageError(error), TARGET));
    expect(report).toMatchObject({ exit: 'unreachable', type: 'ServerUnusable' });
    expect(report.message).toContain('Cannot use the Temporal server at temporal.example:7233');
    expect(report.message).toContain(says);
  });

  test('an error of one call stays what it is, unless it says something of the server', () => {
    const broken = grpcError(13, 'INTERNAL: broken');
    expect(toldError(broken, TARGET)).toBe(broken);
    expect(reportOf(toldError(grpcError(14, 'UNAVAILABLE'), TARGET)).exit).toBe('unreachable');
  });
});
