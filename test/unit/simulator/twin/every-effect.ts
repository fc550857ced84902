import type { FaultEffect } from '../../../../src/simulator/index.js';

/** One of each kind of effect, and the action that it is tried with. */
export const EVERY_EFFECT: {
  readonly [Kind in FaultEffect['kind']]: {
    readonly action: string;
    readonly effect: Extract<FaultEffect, { readonly kind: Kind }>;
  };
} = {
  code: { action: 'CreateVpcEndpoint', effect: { kind: 'code', code: 'QuotaMisMatched' } },
  throttle: { action: 'CreateVpcEndpoint', effect: { kind: 'throttle', status: 429 } },
  errorBefore: { action: 'CreateVpcEndpoint', effect: { kind: 'errorBefore', status: 502, body: 'html' } },
  errorAfter: { action: 'CreateVpcEndpoint', effect: { kind: 'errorAfter', status: 503, body: 'empty' } },
  resetBefore: { action: 'CreateVpcEndpoint', effect: { kind: 'resetBefore' } },
  loseResponse: { action: 'CreateVpcEndpoint', effect: { kind: 'loseResponse' } },
  cutBody: { action: 'CreateVpcEndpoint', effect: { kind: 'cutBody', afterBytes: 10 } },
  slowBody: { action: 'CreateVpcEndpoint', effect: { kind: 'slowBody', ms: 40 } },
  delayMs: { action: 'CreateVpcEndpoint', effect: { kind: 'delayMs', ms: 10 } },
  delayBeforeMs: { action: 'CreateVpcEndpoint', effect: { kind: 'delayBeforeMs', ms: 10 } },
  duplicate: { action: 'CreateVpcEndpoint', effect: { kind: 'duplicate' } },
  duplicateLater: { action: 'CreateVpcEndpoint', effect: { kind: 'duplicateLater', calls: 1 } },
  executeLater: { action: 'CreateVpcEndpoint', effect: { kind: 'executeLater', calls: 1 } },
  forgetTokens: { action: 'CreateVpcEndpoint', effect: { kind: 'forgetTokens' } },
  vanish: { action: 'CreateVpcEndpoint', effect: { kind: 'vanish' } },
  stuckCreating: { action: 'CreateVpcEndpoint', effect: { kind: 'stuckCreating' } },
  staleList: { action: 'ListVpcEndpoints', effect: { kind: 'staleList', ms: 60_000 } },
  flap: { action: 'CreateVpcEndpoint', effect: { kind: 'flap', EndpointStatus: 'Flapping' } },
  advanceMs: { action: 'CreateVpcEndpoint', effect: { kind: 'advanceMs', ms: 60_000 } },
};
