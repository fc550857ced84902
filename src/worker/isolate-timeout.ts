/**
 * Longest that one task of a workflow may run, in milliseconds. Node ends the whole process where it is exceeded (measured:
 * "async hook stack has become corrupted", Node 20; nodejs/node#38503), and thousands of signals to one run, which anybody can
 * send, take seconds on a busy machine: the SDK's 5 s are too short.
 *
 * The SDK reads this option and does not declare it, so it is handed over as a spread object.
 */
export const LONGEST_TASK = { isolateExecutionTimeout: 60_000 } as const;
