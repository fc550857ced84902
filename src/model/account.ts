/** Name of an account: a credentials profile that a worker knows. Part of queue names and workflow ids. */
export const ACCOUNT_PATTERN = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** The account that is meant when none is named: its credentials are the default chain. */
export const DEFAULT_ACCOUNT = 'default';
