import { parseArgs } from 'node:util';
import { MODES, type Mode } from './lane.js';

/** What all parts are told. */
export interface ScaleOptions {
  readonly part: string;
  readonly address: string | undefined;
  readonly namespace: string;
  readonly serverPids: readonly number[];
  readonly fromSource: boolean;
  readonly seed: number;
  /** How many wait; each part has sizes of its own where none are given. */
  readonly waiting: readonly number[] | undefined;
  readonly modes: readonly Mode[] | undefined;
  /** Worker processes of a lane. */
  readonly workers: number;
  readonly endpoints: number;
  readonly old: number;
  readonly rounds: number;
  readonly kills: number;
  /** That become Active in a minute: each is one Get, and the service takes 1,000. */
  readonly activePerMinute: number;
  readonly settleMs: number;
  readonly costMs: number;
  readonly giveUpMs: number;
  readonly images: string | undefined;
}

/** Read the arguments of the command line. @throws Error - One of them makes no sense. */
export function readOptions(): ScaleOptions {
  const { values } = parseArgs({
    options: {
      part: { type: 'string', default: '' },
      address: { type: 'string' },
      namespace: { type: 'string', default: 'default' },
      'server-pids': { type: 'string', default: '' },
      source: { type: 'boolean', default: false },
      seed: { type: 'string', default: '1' },
      waiting: { type: 'string' },
      modes: { type: 'string' },
      workers: { type: 'string', default: '1' },
      endpoints: { type: 'string', default: '1000' },
      old: { type: 'string', default: '10000' },
      rounds: { type: 'string', default: '10' },
      kills: { type: 'string', default: '20' },
      'active-per-minute': { type: 'string', default: '500' },
      'settle-seconds': { type: 'string', default: '30' },
      'cost-seconds': { type: 'string', default: '60' },
      'give-up-minutes': { type: 'string', default: '5' },
      images: { type: 'string' },
    },
  });
  return {
    part: values.part,
    address: values.address,
    namespace: values.namespace,
    serverPids: numbers('server-pids', values['server-pids']),
    fromSource: values.source,
    seed: number('seed', values.seed),
    waiting: values.waiting === undefined ? undefined : numbers('waiting', values.waiting),
    modes: values.modes === undefined ? undefined : modesOf(values.modes),
    workers: number('workers', values.workers),
    endpoints: number('endpoints', values.endpoints),
    old: number('old', values.old),
    rounds: number('rounds', values.rounds),
    kills: number('kills', values.kills),
    activePerMinute: number('active-per-minute', values['active-per-minute']),
    settleMs: number('settle-seconds', values['settle-seconds']) * 1_000,
    costMs: number('cost-seconds', values['cost-seconds']) * 1_000,
    giveUpMs: number('give-up-minutes', values['give-up-minutes']) * 60_000,
    images: values.images,
  };
}

function number(name: string, text: string): number {
  if (!/^\d+$/.test(text)) throw new Error(`--${name} is a whole number, not ${text}`);
  return Number(text);
}

function numbers(name: string, text: string): number[] {
  return text
    .split(',')
    .filter((part) => part !== '')
    .map((part) => number(name, part));
}

function modesOf(text: string): Mode[] {
  return text.split(',').map((name) => {
    const mode = MODES.find((known) => known === name);
    if (mode === undefined) throw new Error(`--modes takes ${MODES.join(', ')}, not ${name}`);
    return mode;
  });
}
