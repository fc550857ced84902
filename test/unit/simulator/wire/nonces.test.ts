import { randomBytes } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { NonceLedger } from '../../../../src/simulator/wire/nonces.js';
import { START_MS } from '../fixture.js';

const MINUTE_MS = 60_000;
const USED = expect.objectContaining({ code: 'SignatureNonceUsed' }) as unknown;

function createLedger() {
  const clock = { nowMs: START_MS };
  return { clock, ledger: new NonceLedger(() => clock.nowMs) };
}

describe('NonceLedger', () => {
  it('refuses a nonce until no call with it can pass, and not longer', () => {
    const { clock, ledger } = createLedger();
    const freeAtMs = START_MS + 10 * MINUTE_MS + 1_000;
    ledger.use('n-1', freeAtMs);
    clock.nowMs = freeAtMs - 1;
    expect(() => ledger.use('n-1', freeAtMs + MINUTE_MS)).toThrow(USED);
    clock.nowMs = freeAtMs;
    expect(() => ledger.use('n-1', freeAtMs + MINUTE_MS)).not.toThrow();
    expect(() => ledger.use('n-1', freeAtMs + MINUTE_MS)).toThrow(USED);
  });

  it('refuses a nonce with whatever time it comes again', () => {
    const { ledger } = createLedger();
    ledger.use('n-1', START_MS + MINUTE_MS);
    expect(() => ledger.use('n-1', START_MS + 30 * MINUTE_MS)).toThrow(USED);
    expect(ledger.size).toBe(1);
  });

  it('keeps no more under a flood than can still come again', () => {
    const { clock, ledger } = createLedger();
    const perMinute = 600;
    const sizes: number[] = [];
    for (let sent = 0; sent < 120 * perMinute; sent += 1) {
      // Clocks of clients are up to 15 minutes off, to both sides.
      const skewMs = ((sent % 31) - 15) * MINUTE_MS;
      ledger.use(`n-${sent}`, clock.nowMs + skewMs + 15 * MINUTE_MS);
      clock.nowMs += MINUTE_MS / perMinute;
      if (sent % perMinute === 0) sizes.push(ledger.size);
    }
    // On average each is kept for 15 minutes, and until its batch is over.
    expect(Math.max(...sizes)).toBeLessThanOrEqual(17 * perMinute);
    expect(Math.max(...sizes)).toBeGreaterThanOrEqual(15 * perMinute);
    clock.nowMs += 60 * MINUTE_MS;
    ledger.use('last', clock.nowMs + MINUTE_MS);
    expect(ledger.size).toBe(1);
  });

  it('keeps little of long nonces, and tells them apart', () => {
    setFlagsFromString('--expose-gc');
    const collectGarbage = runInNewContext('gc') as () => void;
    const { ledger } = createLedger();
    const longCommonPart = randomBytes(500_000).toString('hex');
    collectGarbage();
    const before = process.memoryUsage().heapUsed;
    for (let sent = 0; sent < 100; sent += 1) {
      ledger.use(Buffer.from(`${longCommonPart}${sent}`).toString(), START_MS + MINUTE_MS);
    }
    collectGarbage();
    // Kept as they came they would take 100 MB.
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(20_000_000);
    expect(ledger.size).toBe(100);
    expect(() => ledger.use(`${longCommonPart}7`, START_MS + MINUTE_MS)).toThrow(USED);
  });
});
