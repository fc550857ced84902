import { isGrpcServiceError } from '@temporalio/client';

/** gRPC status of a method that a server lacks. */
const UNIMPLEMENTED = 12;

/** Whether a list of runs was refused because the server has none: the SDK's time-skipping test server has no visibility. */
export function lacksVisibility(error: unknown): boolean {
  return isGrpcServiceError(error) && (error.code as number) === UNIMPLEMENTED;
}

/**
 * Whether visibility lists the runs of a workflow id when it is asked for them.
 *
 * However it is quoted, a server on an SQL database finds nothing for an id with a double quote, a backslash, a tab or a line break in it, or
 * a single quote at an end; and on PostgreSQL a question mark is an error, which would strike all ids of one question (measured on server
 * 1.32 with SQLite and PostgreSQL 15, with each of the characters of ASCII at the beginning, in the middle and at the end).
 */
export function canBeListed(workflowId: string): boolean {
  return !/["\\?\p{Cc}]|^'|'$/u.test(workflowId);
}
