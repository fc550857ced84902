import { describe, expect, it } from 'vitest';
import type { LogEntry } from '@temporalio/worker';
import { jsonLine, jsonLogger } from '../../../src/worker/json-logger.js';

const entry = (meta?: Record<string, unknown>, message = 'hello'): LogEntry =>
  ({ level: 'INFO', message, timestampNanos: 1_767_225_600_123_456_789n, meta }) as unknown as LogEntry;

const lineOf = (meta?: Record<string, unknown>, message?: string) =>
  JSON.parse(jsonLine(entry(meta, message))) as Record<string, unknown>;

describe('a line of the log', () => {
  it('is one JSON object with time, level and message', () => {
    expect(jsonLine(entry())).toBe('{"time":"2026-01-01T00:00:00.123Z","level":"INFO","message":"hello"}');
  });

  it('has ids as fields', () => {
    expect(lineOf({ workflowId: 'order-17', attempt: 2 })).toMatchObject({ workflowId: 'order-17', attempt: 2 });
  });

  it('is one line, whatever is in it', () => {
    const line = jsonLine(entry({ 'k\ney': 'a\nb\r\nc', nested: { text: 'd\ne' } }, 'two\nlines'));
    expect(line).not.toMatch(/[\n\r]/);
    expect(JSON.parse(line)).toMatchObject({ message: 'two\nlines', nested: { text: 'd\ne' } });
  });

  it('writes an error as its name and message, also inside other fields', () => {
    const error = new TypeError('broken');
    expect(lineOf({ error, list: [error] })).toMatchObject({
      error: { name: 'TypeError', message: 'broken' },
      list: [{ name: 'TypeError', message: 'broken' }],
    });
  });

  it('writes what JSON cannot carry as text', () => {
    expect(lineOf({ big: 2n ** 64n, nested: { big: 1n }, symbol: Symbol('x'), at: new Date(0) })).toMatchObject({
      big: '18446744073709551616',
      nested: { big: '1' },
      symbol: 'Symbol(x)',
      at: '1970-01-01T00:00:00.000Z',
    });
  });

  it('keeps its time, level and message, whatever the fields are called', () => {
    const line = jsonLine(entry({ message: 'theirs', level: 'theirs', time: 'theirs', a: 1 }));
    expect(JSON.parse(line)).toEqual({ time: '2026-01-01T00:00:00.123Z', level: 'INFO', message: 'hello', a: 1 });
    expect(line.startsWith('{"time":')).toBe(true);
  });

  it('is written even where a field cannot be', () => {
    const circular: Record<string, unknown> = { a: 1 };
    circular.self = circular;
    const hostile = {
      toJSON() {
        throw new Error('no');
      },
    };
    expect(lineOf({ circular, hostile, missing: undefined, workflowId: 'order-17' })).toMatchObject({
      message: 'hello',
      circular: '[object Object]',
      hostile: '[object Object]',
      workflowId: 'order-17',
    });
  });
});

describe('the logger', () => {
  it('writes a line for each entry of its level and above', () => {
    const lines: string[] = [];
    const logger = jsonLogger('WARN', (line) => lines.push(line));
    logger.debug('no');
    logger.info('no');
    logger.warn('yes', { workflowId: 'order-17' });
    logger.error('yes');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { level: 'WARN', message: 'yes', workflowId: 'order-17' },
      { level: 'ERROR', message: 'yes' },
    ]);
  });
});
