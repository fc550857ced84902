import type { ExitName } from '../exit-codes.js';

/** What a check can say. `unknown`: it could not be found out; `skipped`: it was not asked. */
export const VERDICTS = ['pass', 'warn', 'fail', 'unknown', 'skipped'] as const;
export type Verdict = (typeof VERDICTS)[number];

interface Looked {
  /** What was looked at, in a few words. */
  readonly check: string;
  /** What was seen, on one line. Never a key, a token or a signature. */
  readonly seen: string;
  /** Code and RequestId of the answer of the service, where there was one. */
  readonly code?: string;
  readonly requestId?: string;
  /** What RAM said of a denied call, and what would allow it. */
  readonly denied?: Readonly<Record<string, unknown>>;
}

/** One thing that `pvlctl doctor` looked at. Whatever is not a pass says in one sentence what to do. */
export type Check =
  | (Looked & { readonly verdict: 'pass' })
  | (Looked & { readonly verdict: 'warn' | 'unknown' | 'skipped'; readonly advice: string })
  | (Looked & { readonly verdict: 'fail'; readonly advice: string; readonly exit: ExitName });

/** Checks that belong together. */
export interface CheckGroup {
  readonly group: string;
  readonly checks: readonly Check[];
}

/** All is well. */
export function pass(check: string, seen: string): Check {
  return { check, verdict: 'pass', seen };
}

/** It works, but somebody will be surprised. */
export function warn(check: string, seen: string, advice: string): Check {
  return { check, verdict: 'warn', seen, advice };
}

/** It does not work. @param exit - How `pvlctl` exits if nothing before it failed. */
export function fail(check: string, seen: string, advice: string, exit: ExitName): Check {
  return { check, verdict: 'fail', seen, advice, exit };
}

/** It could not be found out. */
export function unknown(check: string, seen: string, advice: string): Check {
  return { check, verdict: 'unknown', seen, advice };
}

/** It was not looked at. */
export function skipped(check: string, seen: string, advice: string): Check {
  return { check, verdict: 'skipped', seen, advice };
}
