import type { CallParameters, ParameterValue } from '../privatelink/port.js';
import type { Provision } from './parse-input.js';

/** The parameters of one create call: the request as it was checked, the extra ones, and the client token.
 * A dry run carries no token: whether it would use one up is not documented. */
export function createParameters(
  provision: Pick<Provision, 'request' | 'extraParameters'>,
  clientToken: string | undefined,
): CallParameters {
  const given: Record<string, unknown> = {
    ...provision.extraParameters,
    ...provision.request,
    ClientToken: clientToken,
  };
  return Object.fromEntries(
    Object.entries(given).filter((entry): entry is [string, ParameterValue] => entry[1] !== undefined),
  );
}
