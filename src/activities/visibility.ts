import { isGrpcServiceError } from '@temporalio/client';

/** gRPC status of a method that a server lacks. */
const UNIMPLEMENTED = 12;

/** Whether a list of runs was refused because the server has none: the SDK's time-skipping test server has no visibility. */
export function lacksVisibility(error: unknown): boolean {
  return isGrpcServiceError(error) && (error.code as number) === UNIMPLEMENTED;
}
