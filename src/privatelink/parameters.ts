import { PROTOCOL_PARAMETERS } from '../model/request.js';
import { PrivateLinkError, type CallParameters, type ParameterValue } from './port.js';

/** Code of a call that was refused here, before anything was sent; its class is `invalid`. */
export const NOT_SENT_CODE = 'InvalidParameter.NotSent';

const PARAMETER_NAME = /^[A-Za-z][A-Za-z0-9_.-]*$/;

const PROTOCOL_NAMES: ReadonlySet<string> = new Set(PROTOCOL_PARAMETERS.map((name) => name.toLowerCase()));

/**
 * Turn the fields of a request, and parameters that this version has no name for, into the parameters of one call.
 *
 * `undefined` and `null` are left out (on the wire they would be the words). An empty string is a value and stays.
 *
 * @param extra - Sent beside the fields; it cannot replace one of them.
 * @param action - Named in the error.
 * @throws PrivateLinkError {@link NOT_SENT_CODE} - A parameter of the protocol, a name or value that cannot be sent as
 *   it is (an object inside an object would become "[object Object]"), or a name given twice. Values are not quoted.
 */
export function toWireParameters(fields: object, extra: object = {}, action = 'CreateVpcEndpoint'): CallParameters {
  const parameters: Record<string, ParameterValue> = {};
  for (const [name, value] of [...entries(fields), ...entries(extra)]) {
    if (value === undefined || value === null) continue;
    checkName(name, name, action);
    if (PROTOCOL_NAMES.has(name.toLowerCase())) {
      throw notSent(action, `${name} is a parameter of the protocol; the adapter sets it`);
    }
    if (Object.hasOwn(parameters, name)) throw notSent(action, `${name} is given twice`);
    parameters[name] = wireValue(name, value, action);
  }
  return parameters;
}

/**
 * Write parameters as name and text, lists numbered from 1: `Zone.1.ZoneId`, `SecurityGroupId.2`.
 *
 * Names keep their case: the service knows `ip`, not `Ip`. An empty list is left out.
 *
 * @throws PrivateLinkError {@link NOT_SENT_CODE} - As {@link toWireParameters}; also a numbered name that is there twice.
 */
export function flattenParameters(parameters: CallParameters, action = 'CreateVpcEndpoint'): Record<string, string> {
  const flat: Record<string, string> = {};
  const put = (name: string, value: string): void => {
    if (Object.hasOwn(flat, name)) throw notSent(action, `${name} is given twice`);
    flat[name] = value;
  };
  for (const [name, value] of Object.entries(toWireParameters(parameters, {}, action))) {
    if (typeof value !== 'object') {
      put(name, String(value));
      continue;
    }
    for (const [index, item] of value.entries()) {
      const numbered = `${name}.${index + 1}`;
      if (typeof item === 'string') put(numbered, item);
      else for (const [field, text] of Object.entries(item)) put(`${numbered}.${field}`, text);
    }
  }
  return flat;
}

function wireValue(name: string, value: unknown, action: string): ParameterValue {
  if (!Array.isArray(value)) {
    if (typeof value === 'boolean' || typeof value === 'number') {
      scalarText(name, value, action);
      return value;
    }
    return scalarText(name, value, action);
  }
  const items = value.map((item: unknown, index) => {
    const where = `${name}[${index}]`;
    return isPlainObject(item) ? objectItem(where, item, action) : scalarText(where, item, action);
  });
  const texts = items.filter((item) => typeof item === 'string');
  if (texts.length === items.length) return texts;
  if (texts.length > 0) throw notSent(action, `${name} mixes objects and plain values`);
  return items.filter((item) => typeof item !== 'string');
}

function objectItem(where: string, item: object, action: string): Record<string, string> {
  const fields = entries(item).filter(([, value]) => value !== undefined && value !== null);
  // Nothing would be sent for it, and the numbers of its neighbours would have a gap.
  if (fields.length === 0) throw notSent(action, `${where} is empty`);
  return Object.fromEntries(
    fields.map(([name, value]) => {
      checkName(name, `${where}.${name}`, action);
      return [name, scalarText(`${where}.${name}`, value, action)];
    }),
  );
}

function scalarText(where: string, value: unknown, action: string): string {
  if (typeof value === 'string') {
    // A lone surrogate has no UTF-8 form: percent-encoding it throws, in the middle of signing.
    if (/\p{Surrogate}/u.test(value)) throw notSent(action, `${where} is no valid Unicode text`);
    return value;
  }
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'number' && Number.isFinite(value) && Math.abs(value) <= Number.MAX_SAFE_INTEGER) {
    return String(value);
  }
  throw notSent(action, `${where} must be text, a number or a boolean, or a list of these or of flat objects`);
}

function checkName(name: string, where: string, action: string): void {
  if (!PARAMETER_NAME.test(name)) throw notSent(action, `${JSON.stringify(where.slice(0, 100))} is no parameter name`);
}

function entries(fields: object): [string, unknown][] {
  return Object.entries(fields) as [string, unknown][];
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

function notSent(action: string, problem: string): PrivateLinkError {
  return new PrivateLinkError({ action, code: NOT_SENT_CODE, message: `${problem}. Nothing was sent.` });
}
