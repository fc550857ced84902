import type { FailureType } from '../contract/result.js';

/** Every exit code of `pvlctl`: its number and what it tells a script. */
export const EXIT_CODES = {
  ok: {
    code: 0,
    meaning: 'what was asked for is done; of a run: its endpoint is ready or, of `delete`, gone; or the dry run passed',
  },
  unexpected: { code: 1, meaning: 'an error that nobody foresaw' },
  usage: { code: 2, meaning: 'the arguments or the input are wrong; nothing was started' },
  rejected: { code: 3, meaning: 'the service refused the request, or its dry run: as it is it cannot succeed' },
  denied: { code: 4, meaning: 'credentials or policy forbid it' },
  later: { code: 5, meaning: 'a quota, a status or an unlisted refusal did not pass in time; it may succeed later' },
  conflict: { code: 6, meaning: 'an endpoint, a client token or a workflow id belongs to something else' },
  lost: { code: 7, meaning: 'the endpoint disappeared, is locked for arrears, or lost its service' },
  deadline: {
    code: 8,
    meaning: 'a deadline passed; whatever endpoint exists is kept, unless `onFailure` asks to delete it',
  },
  cancelled: { code: 9, meaning: 'the run was cancelled or terminated' },
  notFound: { code: 10, meaning: 'there is no such run, or none to cancel or to change' },
  found: { code: 11, meaning: 'of `orphans`: there are some' },
  unreachable: { code: 69, meaning: 'the Temporal server cannot be used; of `doctor`: or PrivateLink cannot' },
  settings: { code: 78, meaning: 'settings of the environment or of a profile cannot be used' },
  detached: { code: 130, meaning: 'interrupted by Ctrl-C; the run goes on' },
} as const satisfies Record<string, { readonly code: number; readonly meaning: string }>;

export type ExitName = keyof typeof EXIT_CODES;

/** How `pvlctl` exits when a run ended with a failure of this type. */
export const EXIT_OF_FAILURE: Readonly<Record<FailureType, ExitName>> = {
  InvalidInput: 'usage',
  RequestRejected: 'rejected',
  AccessDenied: 'denied',
  QuotaExceeded: 'later',
  StatusNotReady: 'later',
  UnlistedRefusal: 'later',
  EndpointExists: 'conflict',
  EndpointDiffers: 'conflict',
  IdempotencyConflict: 'conflict',
  EndpointDisappeared: 'lost',
  FinancialLocked: 'lost',
  ConnectionLost: 'lost',
  ConnectionRejected: 'lost',
  EndpointNotOwned: 'conflict',
  EndpointProtected: 'denied',
  DeadlineExceeded: 'deadline',
};

/** The failure types and other errors that stand behind each code, for the help text. */
const OTHER_ERRORS: Partial<Record<ExitName, readonly string[]>> = {
  conflict: ['RequestConflict'],
  cancelled: ['Cancelled', 'CutOff'],
  notFound: ['NotFound', 'UpdateRefused'],
  unreachable: ['ServerUnusable'],
  settings: ['Settings'],
};

/** The table of exit codes, as `pvlctl --help` prints it. */
export function exitCodeTable(): string {
  const rows = Object.entries(EXIT_CODES).map(([name, { code, meaning }]) => {
    const failures = Object.entries(EXIT_OF_FAILURE).filter(([, exit]) => exit === name);
    const types = [...failures.map(([type]) => type), ...(OTHER_ERRORS[name as ExitName] ?? [])];
    return `  ${String(code).padStart(3)}  ${meaning}${types.length === 0 ? '' : `\n       (${types.join(', ')})`}`;
  });
  return ['Exit codes:', ...rows].join('\n');
}
