import type { Json } from '../../src/privatelink/plain-json.js';
import type { CallParameters } from '../../src/privatelink/port.js';
import { outcomeOf, NotMeasured, shown, type Measurement } from './measurement.js';
import type { Answer, Lab } from './lab.js';

const PASSED = 'DryRunOperation';
const MISMATCH = /^Idempot\w*(?:SignatureMismatch|ParameterMismatch)$|^InvalidIdempotenceParameter$/;

/** An id of the right form that the service never gave to anybody. */
const NO_ENDPOINT = 'ep-pvlrecordfacts000000';

/** A value that no version of the service can take, so that the call is refused whatever else is right. */
const REFUSED = { AddressIpVersion: 'IPv9' };

/** Measurements that only read, or send dry runs. */
export const HARMLESS: readonly Measurement[] = [
  {
    question: 'How does the service answer a dry run that passes?',
    how: 'one CreateVpcEndpoint with DryRun',
    measure: async (lab) => shown(await passingDryRun(lab)),
  },
  {
    question: 'Does a dry run use up its ClientToken?',
    how: 'two CreateVpcEndpoint with DryRun under one ClientToken, the second with another description',
    measure: async (lab) => {
      const ClientToken = lab.newToken();
      await passingDryRun(lab, { ClientToken });
      return tokenWord(await dryRun(lab, { ClientToken, EndpointDescription: 'changed by record-facts' }));
    },
  },
  {
    question: 'Is a refusal remembered under its ClientToken?',
    how: 'two CreateVpcEndpoint with DryRun under one ClientToken, the first with a wrong AddressIpVersion',
    measure: async (lab) => {
      await passingDryRun(lab);
      const ClientToken = lab.newToken();
      const first = await dryRun(lab, { ClientToken, ...REFUSED });
      if (first.code === undefined || first.code === PASSED) {
        throw new NotMeasured(`the wrong request was not refused: ${outcomeOf(first)}`);
      }
      return { refusedAs: first.code, ...tokenWord(await dryRun(lab, { ClientToken })) };
    },
  },
  {
    question: 'Is the case of parameter names looked at: Zone.N.ip or Zone.N.Ip?',
    how: 'two CreateVpcEndpoint with DryRun, with an address that is none as Zone.1.ip and as Zone.1.Ip: a name that is known is refused',
    measure: async (lab) => {
      if (lab.request.Zone?.[0] === undefined) throw new NotMeasured('the request has no zone');
      const Zone = lab.request.Zone.map((zone) => ({ ...zone, ip: undefined }));
      await passingDryRun(lab, { Zone });
      const withName = async (name: string) => outcomeOf(await dryRun(lab, { Zone, [`Zone.1.${name}`]: 'no-address' }));
      return { ip: await withName('ip'), Ip: await withName('Ip') };
    },
  },
  {
    question: 'Which EndpointType does a request without one mean?',
    how: 'one CreateVpcEndpoint with DryRun without EndpointType and SecurityGroupId: only the type Interface needs a group',
    measure: async (lab) => {
      await passingDryRun(lab);
      const code = outcomeOf(await dryRun(lab, { EndpointType: undefined, SecurityGroupId: undefined }));
      return { code, type: code === 'EndpointMustContainSecurityGroup' ? 'Interface' : 'not Interface, or unclear' };
    },
  },
  {
    question: 'Which HTTP statuses and bodies do refusals have?',
    how: 'an unknown action, a missing parameter, an endpoint that does not exist, page sizes out of range, an unknown region, a wrong CreateVpcEndpoint with DryRun',
    measure: async (lab) => {
      const { RegionId } = lab.request;
      return [
        shown(await lab.call('PvlNoSuchAction', { RegionId })),
        shown(await lab.call('GetVpcEndpointAttribute', { RegionId })),
        shown(await lab.call('GetVpcEndpointAttribute', { RegionId, EndpointId: NO_ENDPOINT })),
        shown(await lab.call('ListVpcEndpoints', { RegionId, MaxResults: 0 })),
        shown(await lab.call('ListVpcEndpoints', { RegionId, MaxResults: 1_000_000 })),
        shown(await lab.call('ListVpcEndpoints', { RegionId: 'xx-nowhere-1' })),
        shown(await dryRun(lab, REFUSED)),
      ];
    },
  },
  {
    question: 'How are lists paged?',
    how: 'ListVpcEndpoints with MaxResults 1 and 1000',
    measure: async (lab) => {
      const pages = [await list(lab, { MaxResults: 1 }), await list(lab, { MaxResults: 1_000 })];
      return pages.map(({ body }) => ({
        fields: Object.keys(body).sort(),
        TotalCount: body['TotalCount'] === undefined ? 'absent' : typeof body['TotalCount'],
        MaxResults: body['MaxResults'] ?? 'absent',
        NextToken: body['NextToken'] === undefined ? 'absent' : body['NextToken'] === '' ? 'empty' : 'there',
        items: endpointsOf(body).length,
      }));
    },
  },
  {
    question: 'How far is the clock of this machine from that of the service?',
    how: 'one ListVpcEndpoints: its Date, which counts whole seconds, against the local time',
    measure: async (lab) => {
      const { headers, localMs } = await list(lab, { MaxResults: 1 });
      const dateMs = Date.parse(headers['date'] ?? '');
      if (Number.isNaN(dateMs)) throw new NotMeasured('the answer has no Date');
      return { aheadOfServiceSeconds: Math.round((localMs - dateMs) / 1_000) };
    },
  },
];

/** Measurements that need an endpoint with a tag in the region: any, or the one that was made. */
export const ON_LISTS: readonly Measurement[] = [
  {
    question: 'Does ListVpcEndpoints carry Tags?',
    how: 'one ListVpcEndpoints',
    measure: async (lab) => {
      const items = endpointsOf((await list(lab, {})).body);
      if (items.length === 0) throw new NotMeasured('the region has no endpoint');
      return { items: items.length, withTags: items.filter((item) => tagsOf(item).length > 0).length };
    },
  },
  {
    question: 'Do several tags of a filter mean all of them, or one of them?',
    how: 'ListVpcEndpoints filtered by a tag of an endpoint, and by that tag and one that nothing carries',
    measure: async (lab) => {
      const tagged = endpointsOf((await list(lab, {})).body).flatMap((item) => {
        const [tag] = tagsOf(item);
        return tag === undefined ? [] : [{ id: item['EndpointId'], tag }];
      });
      const [known] = tagged;
      if (known === undefined) throw new NotMeasured('the list shows no endpoint with a tag');
      const isListedBy = async (tags: readonly Readonly<Record<string, string>>[]) =>
        endpointsOf((await list(lab, { Tag: tags })).body).some((item) => item['EndpointId'] === known.id);
      if (!(await isListedBy([known.tag])))
        throw new NotMeasured('the filter does not find an endpoint by its own tag');
      const both = await isListedBy([known.tag, { Key: 'durable-privatelink-nobody', Value: 'nothing' }]);
      return both ? 'one of them (OR)' : 'all of them (AND)';
    },
  },
];

/** Measurements over everything that was answered. */
export const ON_ANSWERS: readonly Measurement[] = [
  {
    question: 'Which headers do answers have, and do any tell of rate limits?',
    how: 'the headers of all answers of this recording',
    measure: async ({ answers }) => {
      const limits = answers.flatMap(({ action, headers }) =>
        Object.entries(headers)
          .filter(([name]) => /rate-?limit|retry-after/.test(name))
          .map(([name, value]): Json => ({ action, name, value })),
      );
      return { names: [...new Set(answers.flatMap(({ headers }) => Object.keys(headers)))].sort(), limits };
    },
  },
];

/** One item of a list, as the service wrote it. */
export function endpointsOf(body: Answer['body']): Readonly<Record<string, Json>>[] {
  const items = body['Endpoints'];
  return Array.isArray(items) ? (items as Readonly<Record<string, Json>>[]) : [];
}

/** Tags of an item of a list. */
export function tagsOf(item: Readonly<Record<string, Json>>): Readonly<Record<string, string>>[] {
  const tags = item['Tags'];
  return Array.isArray(tags) ? (tags as Readonly<Record<string, string>>[]) : [];
}

/** One page of endpoints. @throws NotMeasured - The call was refused. */
export async function list(lab: Lab, parameters: CallParameters): Promise<Answer> {
  const answer = await lab.call('ListVpcEndpoints', { RegionId: lab.request.RegionId, ...parameters });
  if (answer.code !== undefined) throw new NotMeasured(`ListVpcEndpoints was refused: ${answer.code}`);
  return answer;
}

/** CreateVpcEndpoint that can create nothing. `undefined` takes a field out of the request. */
function dryRun(lab: Lab, changes: Readonly<Record<string, unknown>>): Promise<Answer> {
  const parameters: Record<string, unknown> = { ...lab.request, ...changes, DryRun: true };
  return lab.call(
    'CreateVpcEndpoint',
    Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== undefined)) as CallParameters,
  );
}

/** What passes must pass before a change of it can tell anything. */
async function passingDryRun(lab: Lab, changes: Readonly<Record<string, unknown>> = {}): Promise<Answer> {
  const answer = await dryRun(lab, changes);
  if (answer.code !== PASSED) throw new NotMeasured(`the dry run of the request does not pass: ${outcomeOf(answer)}`);
  return answer;
}

function tokenWord(second: Answer): Readonly<Record<string, string>> {
  const code = outcomeOf(second);
  return { answer: MISMATCH.test(code) ? 'yes' : code === PASSED ? 'no' : 'unclear', secondCall: code };
}
