import { PROTOCOL_PARAMETERS } from '../../model/request.js';
import type { ActionDefinition, ParameterShape } from './action-shapes.js';
import { mandatoryText, optionalBoolean, optionalText, type WireParameters } from './parameters.js';
import { invalidParameter } from './refusals.js';
import type { SimulatorSwitches } from './switches.js';

/** Names that any call may carry: of the protocol, and of the tools around it. */
const COMMON: ReadonlySet<string> = new Set([
  ...PROTOCOL_PARAMETERS,
  'AcceptLanguage',
  'ClientToken',
  'DryRun',
  'RegionId',
  'SecureTransport',
  'SourceIp',
]);

/**
 * Check what the gateway asks of a call before the service sees it: parameters that must be there, and types.
 *
 * @throws Refusal - With the code of the first rule broken.
 */
export function checkParameters(
  parameters: WireParameters,
  { parameters: shapes }: ActionDefinition,
  { unknownParameters }: Pick<SimulatorSwitches, 'unknownParameters'>,
): void {
  for (const shape of shapes.values()) {
    if (shape.required && shape.type !== 'list') mandatoryText(parameters, shape.name);
    if (shape.type === 'boolean') optionalBoolean(parameters, shape.name);
    if (shape.type === 'integer') checkInteger(parameters, shape);
  }
  if (unknownParameters === 'ignored') return;
  const unknown = Object.keys(parameters).find((name) => {
    const [top = name] = name.split('.', 1);
    return !shapes.has(top) && !COMMON.has(top);
  });
  if (unknown !== undefined) throw invalidParameter(unknown);
}

/**
 * The same parameters, with the names that an action has written as the action writes them. Names of fields, too: `Zone.1.IP`
 * is `Zone.1.ip`.
 */
export function canonicalNames(parameters: WireParameters, { parameters: shapes }: ActionDefinition): WireParameters {
  const names = new Map(
    [...shapes.values()]
      .flatMap(({ name, fields = [] }) => [name, ...fields])
      .map((name) => [name.toLowerCase(), name]),
  );
  const canonical = (part: string) => names.get(part.toLowerCase()) ?? part;
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [name.split('.').map(canonical).join('.'), value]),
  );
}

function checkInteger(parameters: WireParameters, { name, minimum, maximum }: ParameterShape): void {
  const text = optionalText(parameters, name);
  if (text === undefined) return;
  if (!/^-?\d{1,20}$/.test(text)) throw invalidParameter(name);
  const value = BigInt(text);
  if ((minimum !== undefined && value < minimum) || (maximum !== undefined && value > maximum)) {
    throw invalidParameter(name);
  }
}
