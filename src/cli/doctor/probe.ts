import type { ErrorClass } from '../../model/error-class.js';
import { ownerTags } from '../../model/owner-tags.js';
import { adviceOnDenied, deniedCall, type TouchedResources } from '../../model/ram-statement.js';
import type { ProvisionInput } from '../../contract/input.js';
import { provisionWorkflowId } from '../../client/workflow-id.js';
import {
  PrivateLinkError,
  type CallParameters,
  type ParameterValue,
  type PrivateLinkApi,
} from '../../privatelink/port.js';
import type { ExitName } from '../exit-codes.js';
import { fail, pass, warn, type Check } from './check.js';

/** An id of the right form that the service never gave to anybody. */
const NO_ENDPOINT = 'ep-pvlctldoctor00000000';

/** How `pvlctl` exits when a call of a probe ends with a code of this class. */
const EXIT_OF_CLASS: Readonly<Record<ErrorClass, ExitName>> = {
  invalid: 'rejected',
  absent: 'rejected',
  denied: 'denied',
  quota: 'later',
  status: 'later',
  conflict: 'later',
  unlisted: 'later',
  throttled: 'later',
  unknown: 'unreachable',
  inFlight: 'later',
  exists: 'conflict',
  tokenReuse: 'conflict',
  dryRunPassed: 'unexpected',
};

/** Class `throttled` is about what was not executed; in these it was not even sent. */
const NOT_CONNECTED = /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN)$/;

/** What a call came to. */
interface Answered {
  readonly requestId: string;
  readonly seen: string;
  /** Set where the answer is not what an account in order gets. */
  readonly surprise?: true;
}

/** The calls that only read, in the order in which they are made. */
const READS: readonly {
  readonly action: string;
  readonly send: (api: PrivateLinkApi, RegionId: string) => Promise<Answered>;
  /** What does not work without it, where a provision does. */
  readonly onlyFor?: string;
}[] = [
  {
    action: 'ListVpcEndpoints',
    send: async (api, RegionId) => {
      const { RequestId, Endpoints, NextToken } = await api.listVpcEndpoints({ RegionId, MaxResults: 1 });
      const found = Endpoints.length === 0 ? 'no endpoint' : NextToken === undefined ? 'one endpoint' : 'endpoints';
      return { requestId: RequestId, seen: `allowed; the account has ${found} there` };
    },
  },
  {
    action: 'GetVpcEndpointAttribute',
    send: async (api, RegionId) => {
      const ref = { RegionId, EndpointId: NO_ENDPOINT };
      const { RequestId, endpoint, absentCode } = await api.getVpcEndpointAttribute(ref);
      return absence(RequestId, endpoint === undefined, absentCode);
    },
  },
  {
    action: 'ListVpcEndpointZones',
    send: async (api, RegionId) => {
      const { RequestId, zones } = await api.listVpcEndpointZones({ RegionId, EndpointId: NO_ENDPOINT });
      return absence(RequestId, zones === undefined);
    },
  },
  {
    action: 'ListVpcEndpointServicesByEndUser',
    onlyFor: 'the report of dry runs',
    send: async (api, RegionId) => {
      const { RequestId, Services } = await api.listVpcEndpointServicesByEndUser({ RegionId, MaxResults: 1 });
      return {
        requestId: RequestId,
        seen: `allowed; ${Services.length === 0 ? 'no service' : 'services'} to connect to`,
      };
    },
  },
];

/** Make the signed calls that only read. Each is a check of its own; one that is refused does not end the others. */
export async function probeReads(api: PrivateLinkApi, regionId: string): Promise<Check[]> {
  const checks: Check[] = [];
  // One after the other: an account that is denied or throttled should not be asked for everything at once.
  for (const { action, send, onlyFor } of READS) {
    const check = await probed(action, { RegionId: regionId }, () => send(api, regionId));
    const isMinor = onlyFor !== undefined && check.verdict === 'fail' && check.denied !== undefined;
    checks.push(isMinor ? { ...check, verdict: 'warn', advice: `Needed only for ${onlyFor}. ${check.advice}` } : check);
  }
  return checks;
}

/**
 * Send CreateVpcEndpoint as a dry run: the service makes all its checks and nothing else.
 *
 * The request goes out as a run would send it, our tags included, but with `DryRun` and without a ClientToken.
 *
 * @param input - As `checkInput` returns it.
 */
export async function probeDryRun(api: PrivateLinkApi, input: ProvisionInput, installation: string): Promise<Check> {
  return probed('CreateVpcEndpoint (DryRun)', input.request, async () => {
    const { EndpointId, RequestId } = await api.createVpcEndpoint(dryRunParameters(input, installation));
    return { requestId: RequestId, seen: `${EndpointId} was created in spite of DryRun`, surprise: true };
  });
}

/** The parameters of the one write of a probe. Whatever the input says, it is a dry run. */
export function dryRunParameters(input: ProvisionInput, installation: string): CallParameters {
  const { request, extraParameters, ownerTags: wantsTags } = input;
  const tags = wantsTags === false ? [] : ownerTags({ installation, workflowId: provisionWorkflowId(input) });
  const parameters: Record<string, unknown> = {
    ...extraParameters,
    ...request,
    Tag: [...(request.Tag ?? []), ...tags],
    // Whether a dry run would use a token up is not documented.
    ClientToken: undefined,
    DryRun: true,
  };
  return Object.fromEntries(
    Object.entries(parameters).filter((entry): entry is [string, ParameterValue] => entry[1] !== undefined),
  );
}

async function probed(check: string, touched: TouchedResources, send: () => Promise<Answered>): Promise<Check> {
  try {
    const { requestId, seen, surprise } = await send();
    if (surprise !== true) return withAnswer(pass(check, seen), undefined, requestId);
    const advice =
      'Nobody foresaw this answer: open an issue with the RequestId, and remove what was created, if anything was.';
    return withAnswer(fail(check, seen, advice, 'unexpected'), undefined, requestId);
  } catch (error) {
    if (!(error instanceof PrivateLinkError)) throw error;
    if (error.class !== 'dryRunPassed') return refusedCheck(check, error, touched);
    return withAnswer(pass(check, 'passed: the service would create the endpoint'), error.code, error.requestId);
  }
}

function refusedCheck(check: string, error: PrivateLinkError, touched: TouchedResources): Check {
  const { answer, code } = error;
  const denied = deniedCall({ action: answer.action, code, detail: answer.accessDeniedDetail }, touched);
  const advice = denied === undefined ? error.advice : adviceOnDenied(denied, error.advice);
  const seen = denied === undefined ? error.message : `${denied.action} was denied. ${error.message}`;
  const statement = denied?.statement === undefined ? '' : ` The statement: ${JSON.stringify(denied.statement)}`;
  // The catalogue's class keeps runs going; here it is about who has to act.
  const exit =
    code === 'CredentialsUnavailable'
      ? 'denied'
      : NOT_CONNECTED.test(code)
        ? 'unreachable'
        : EXIT_OF_CLASS[error.class];
  const checked =
    exit === 'later' && error.class === 'throttled'
      ? warn(check, seen, advice)
      : fail(check, seen, `${advice}${statement}`, exit);
  return withAnswer({ ...checked, ...(denied === undefined ? {} : { denied: { ...denied } }) }, code, error.requestId);
}

function absence(requestId: string, isAbsent: boolean, code = 'EndpointNotFound'): Answered {
  if (isAbsent) return { requestId, seen: `allowed; of an id that does not exist it says ${code}` };
  return { requestId, seen: `it says that ${NO_ENDPOINT}, which nobody made, exists`, surprise: true };
}

function withAnswer(check: Check, code: string | undefined, requestId: string | undefined): Check {
  return {
    ...check,
    ...(code === undefined ? {} : { code }),
    ...(requestId === undefined || requestId === '' ? {} : { requestId }),
  };
}
