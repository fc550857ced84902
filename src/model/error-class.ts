/** What an error code means for a run, and so who acts on it. */
export const ERROR_CLASSES = {
  invalid:
    'The request is wrong, or names something that is missing or unsupported. Nothing was created; the run ends.',
  denied: 'Credentials or policy forbid the call. A create ends; a wait goes on, because keys get repaired.',
  quota: 'A limit of the account, VPC or vSwitch is reached. Nothing was created; the run parks and tries again.',
  status: 'Another resource is not in the right state yet. Nothing was created; the run parks and tries again.',
  conflict: 'Another change is running. Nothing was created; the run tries again shortly.',
  throttled: 'Rejected before execution; the same attempt is repeated later with the same token.',
  unknown: 'It may or may not have happened; the same attempt is repeated with the same token.',
  inFlight: 'The first copy of this very call is still running; asked again with the same token.',
  exists: 'Something like it exists already, perhaps from an earlier attempt of this run; looked up by tag.',
  tokenReuse: 'The same token was used with other parameters; looked up by tag, never tried with a new token.',
  dryRunPassed: 'The success of a dry run.',
  absent: 'The thing does not exist; a value, not a failure.',
  unlisted: 'A code that this version does not know.',
} as const;

export type ErrorClass = keyof typeof ERROR_CLASSES;

/** Whether a call that ended with this class may have been executed by the service. */
export function mayHaveExecuted(errorClass: ErrorClass): boolean {
  return errorClass === 'unknown' || errorClass === 'inFlight';
}
