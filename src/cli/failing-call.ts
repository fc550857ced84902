import { TURNS, type DeniedCall } from '../model/ram-statement.js';

type Row = readonly [name: string, value: string | undefined];

/** Rows about a call that credentials or policy forbid. The statement is JSON on one line, to be pasted into a policy. */
export function deniedRows(denied: DeniedCall | undefined): readonly Row[] {
  if (denied === undefined) return [];
  return [
    ['denied', `${denied.action} on ${denied.resource.join(', ')}`],
    ['whose turn', TURNS[denied.turn]],
    ['missing statement', denied.statement && JSON.stringify(denied.statement)],
  ];
}

/** Since when a pending call has failed with one code. */
export function failingText({ code, since, times }: { code: string; since: string; times: number }): string {
  return `${code} since ${since} (${times} ${times === 1 ? 'time' : 'times'})`;
}
