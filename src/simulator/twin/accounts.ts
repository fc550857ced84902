/** Credentials that the twin knows, and whose they are. */
export interface SimulatorAccount {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** Temporary credentials: calls must carry this token. */
  readonly securityToken?: string;
  /** Until when the token is good, by the engine's clock, ISO 8601: advancing that clock ages it. For ever when left out. */
  readonly expiresAt?: string;
  /** The key is disabled. */
  readonly inactive?: boolean;
  readonly accountId: string;
  /** Who calls, as GetCallerIdentity names it. Default: the account itself. */
  readonly arn?: string;
}

/** The account of the official examples. */
export const DEFAULT_ACCOUNT: SimulatorAccount = {
  accessKeyId: 'testid',
  accessKeySecret: 'testsecret',
  accountId: '1000000000000001',
};
