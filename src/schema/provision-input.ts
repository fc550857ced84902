import { z } from 'zod';
import { DURATION_PATTERN } from '../model/duration.js';
import { parameterDefinition, type ParameterName } from '../model/request.js';
import { ACCOUNT_PATTERN } from '../contract/task-queues.js';
import { INPUT_DEFAULTS } from '../contract/input.js';

/** The schema of one parameter, made from its definition in the model. */
export function parameter(name: ParameterName): z.ZodType {
  const { type, values, pattern, rule, meaning, unit, minimum, maximum, minLength, maxLength } =
    parameterDefinition(name);
  const expected = { error: rule === undefined ? 'must not be empty' : `expected ${rule}` };
  const described = <Schema extends z.ZodType>(schema: Schema) =>
    schema.describe(unit === undefined ? meaning : `${meaning} Unit: ${unit}.`);
  switch (type) {
    case 'boolean':
      return described(z.boolean());
    case 'integer': {
      let number = z.int();
      if (minimum !== undefined) number = number.min(minimum, expected);
      if (maximum !== undefined) number = number.max(maximum, expected);
      return described(number);
    }
    case 'string': {
      if (values !== undefined) return described(z.enum(values));
      let text = z.string();
      if (minLength !== undefined) text = text.min(minLength, expected);
      if (maxLength !== undefined) text = text.max(maxLength, expected);
      if (pattern !== undefined) text = text.regex(pattern, expected);
      return described(text);
    }
    case 'list<string>':
    case 'list<object>':
      throw new TypeError(`${name} is a list: it is written out below`);
  }
}

const optional = (name: ParameterName) => parameter(name).optional();
const maxItems = (name: ParameterName) => parameterDefinition(name).maxItems ?? 0;
const meaning = (name: ParameterName) => parameterDefinition(name).meaning;

const zone = z.strictObject({
  ZoneId: parameter('Zone.ZoneId'),
  VSwitchId: parameter('Zone.VSwitchId'),
  ip: optional('Zone.ip'),
  Ipv6Address: optional('Zone.Ipv6Address'),
});

const tag = z.strictObject({ Key: parameter('Tag.Key'), Value: parameter('Tag.Value').default('') });

const request = z
  .strictObject({
    RegionId: parameter('RegionId'),
    VpcId: parameter('VpcId'),
    ServiceId: optional('ServiceId'),
    ServiceName: optional('ServiceName'),
    ClientToken: optional('ClientToken'),
    DryRun: optional('DryRun'),
    EndpointName: optional('EndpointName'),
    EndpointDescription: optional('EndpointDescription'),
    EndpointType: optional('EndpointType'),
    ZonePrivateIpAddressCount: optional('ZonePrivateIpAddressCount'),
    Zone: z.array(zone).max(maxItems('Zone')).describe(meaning('Zone')).optional(),
    SecurityGroupId: z
      .array(z.string().min(1, { error: 'must not be empty' }))
      .max(maxItems('SecurityGroupId'))
      .describe(meaning('SecurityGroupId'))
      .optional(),
    Tag: z.array(tag).max(maxItems('Tag')).describe(meaning('Tag')).optional(),
    ResourceGroupId: optional('ResourceGroupId'),
    ProtectedEnabled: optional('ProtectedEnabled'),
    PolicyDocument: optional('PolicyDocument'),
    AddressIpVersion: optional('AddressIpVersion'),
    ZoneAffinityEnabled: optional('ZoneAffinityEnabled'),
    ServiceRegionId: optional('ServiceRegionId'),
    CrossRegionBandwidth: optional('CrossRegionBandwidth'),
  })
  .describe('Parameters of CreateVpcEndpoint, named and cased as in the API.');

/** A duration, described. */
export const duration = (what: string) =>
  z
    .string()
    .regex(DURATION_PATTERN, {
      error: 'expected a duration such as "30s", "10m" or "24h" (a whole number and one of ms, s, m, h, d)',
    })
    .describe(what);

const parkPolicy = z
  .strictObject({
    initialInterval: duration('First delay.').optional(),
    backoffCoefficient: z
      .number()
      .min(1, { error: 'expected a number from 1 to 100' })
      .max(100, { error: 'expected a number from 1 to 100' })
      .describe('Factor of each further delay.')
      .optional(),
    maximumInterval: duration('Longest delay.').optional(),
    timeout: duration('Give up after this long.').optional(),
  })
  .describe('How to wait for a refusal to pass; false: fail at once.');

const park = z
  .union([z.literal(false), parkPolicy], {
    error: 'expected false, or an object of initialInterval, backoffCoefficient, maximumInterval and timeout',
  })
  .optional();

const name = (maxLength: number) => {
  const expected = { error: `expected 1 to ${maxLength} characters` };
  return z.string().min(1, expected).max(maxLength, expected);
};

/** The workflows that want to hear of the outcome. */
export const notifyTargets = (defaultSignal: string) =>
  z
    .array(
      z.strictObject({
        workflowId: name(1_000).describe('Workflow to signal.'),
        signal: name(200).describe(`Signal name; default ${defaultSignal}.`).optional(),
      }),
    )
    .max(10)
    .meta(rule('Workflows to signal, whatever the outcome.'));

/** The name of an account. */
export const account = z
  .string()
  .regex(ACCOUNT_PATTERN, { error: 'expected 1 to 64 letters, digits, ".", "_" or "-", a letter or digit first' });

const rule = (text: string) => ({ description: text });

/** A number that JSON, JavaScript and the wire carry without loss. */
const exactNumber = (() => {
  const expected = { error: `expected a number between ±${Number.MAX_SAFE_INTEGER}` };
  return z.number().min(Number.MIN_SAFE_INTEGER, expected).max(Number.MAX_SAFE_INTEGER, expected);
})();

/** The input of `provisionVpcEndpoint`: shapes and single fields. Rules across fields: `model/request-rules.ts`. */
export const provisionInputSchema = z
  .strictObject({
    request,
    extraParameters: z
      .record(
        z.string().regex(/^[A-Za-z][A-Za-z0-9.]*$/),
        z.union([z.string(), exactNumber, z.boolean()], { error: 'expected text, a number or a boolean' }),
      )
      .meta(rule('Parameters that this version does not know; passed on as they are.'))
      .optional(),
    account: account.meta(rule('Credentials profile on the worker; default "default".')).optional(),
    until: z.enum(['Active', 'Connected']).meta(rule('When the run is done; default Active.')).optional(),
    accept: z
      .union([z.literal(false), z.strictObject({ account })], { error: 'expected false, or {"account": "..."}' })
      .meta(rule('Accept the connection as the owner of the service; default false.'))
      .optional(),
    ifExists: z
      .enum(['adoptOwn', 'adopt', 'fail'])
      .meta(rule('What an endpoint that exists already means; default adoptOwn.'))
      .optional(),
    onFailure: z.enum(['keep', 'delete']).meta(rule('What to do with the endpoint of a failed run.')).optional(),
    onCancel: z.enum(['keep', 'delete']).meta(rule('What to do with the endpoint of a cancelled run.')).optional(),
    ownerTags: z.boolean().meta(rule('Mark the endpoint with our two tags; default true.')).optional(),
    timeouts: z
      .strictObject({
        accepted: duration('For the service to accept the request, parked time not counted; default 1h.').optional(),
        active: duration('For the endpoint to become Active; default 30m.').optional(),
        connected: duration('For the endpoint to become Connected; default 24h.').optional(),
      })
      .optional(),
    retry: z.strictObject({ quota: park, status: park }).optional(),
    notify: notifyTargets(INPUT_DEFAULTS.signal).optional(),
  })
  .describe('Input of the workflow provisionVpcEndpoint: one request for one PrivateLink VPC endpoint.');
