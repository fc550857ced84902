import type { ExitName } from '../exit-codes.js';
import { plainText } from '../plain-text.js';
import { VERDICTS, type Check, type CheckGroup } from './check.js';

/** The report for a person: a block a group, a line a check, what to do below it, and a count at the end. */
export function reportText(groups: readonly CheckGroup[]): string {
  const checks = groups.flatMap((group) => group.checks);
  const width = Math.max(0, ...checks.map(({ check }) => check.length));
  const blocks = groups.map(({ group, checks: own }) =>
    [group, ...own.flatMap((check) => checkLines(check, width))].join('\n'),
  );
  return [...blocks, countText(checks)].join('\n\n');
}

/** The report for a program: one JSON object. `healthy` means that nothing failed. */
export function reportJson(groups: readonly CheckGroup[]): string {
  const checks = groups.flatMap(({ group, checks: own }) =>
    // How the program exits is not part of what was seen.
    own.map((check) => ({ group, ...check, exit: undefined })),
  );
  return JSON.stringify({ healthy: exitOf(groups) === 'ok', checks });
}

/** How `pvlctl` exits: as the first failed check says. */
export function exitOf(groups: readonly CheckGroup[]): ExitName {
  for (const check of groups.flatMap((group) => group.checks)) {
    if (check.verdict === 'fail') return check.exit;
  }
  return 'ok';
}

function checkLines(check: Check, width: number): string[] {
  const { requestId } = check;
  const shownId = requestId === undefined || check.seen.includes(requestId) ? '' : ` (RequestId ${requestId})`;
  const line = `  ${check.verdict.padEnd(7)}  ${check.check.padEnd(width)}  ${plainText(check.seen + shownId)}`;
  if (check.verdict === 'pass') return [line];
  return [line, `${' '.repeat(11)}-> ${plainText(check.advice)}`];
}

function countText(checks: readonly Check[]): string {
  const counts = VERDICTS.flatMap((verdict) => {
    const count = checks.filter((check) => check.verdict === verdict).length;
    return count === 0 ? [] : [`${count} ${verdict}`];
  });
  return counts.join(', ');
}
