import { MAX_CLIENT_TOKEN_BASE } from './request.js';

/** Longest `ClientToken` that the service takes (older API page of CreateVpcEndpointService, ECS and VPC pages). */
export const MAX_CLIENT_TOKEN = 64;

/**
 * Build the idempotency key of one epoch: `<base>.<epoch>`.
 *
 * The same base and epoch always give the same token, so that a repeated attempt is recognised by the service. The epoch
 * rises only after a definite refusal: the service may remember a refusal under its token.
 *
 * @param base - The caller's ClientToken, or the first execution run id of the workflow (36 characters).
 * @param epoch - 1 for the first try; a positive integer.
 * @throws RangeError - The token would be longer than the service takes. It is never cut: a cut token is another token.
 */
export function clientToken(base: string, epoch: number): string {
  if (base.length === 0 || base.length > MAX_CLIENT_TOKEN_BASE) {
    throw new RangeError(
      `A client token base has 1 to ${MAX_CLIENT_TOKEN_BASE} characters, this one has ${base.length}`,
    );
  }
  if (!Number.isSafeInteger(epoch) || epoch < 1) {
    throw new RangeError(`An epoch is a positive integer, not ${epoch}`);
  }
  const token = `${base}.${epoch}`;
  if (token.length > MAX_CLIENT_TOKEN) {
    throw new RangeError(
      `The token of epoch ${epoch} has ${token.length} characters; the service takes ${MAX_CLIENT_TOKEN}`,
    );
  }
  return token;
}
