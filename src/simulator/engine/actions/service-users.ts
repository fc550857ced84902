import { accountInArn } from '../endpoint-service.js';
import { causeOf, type EngineCall, type EngineState, type Fields, type Preparation } from '../engine-state.js';
import { pageOf } from '../paging.js';
import { optionalText, type WireParameters } from '../parameters.js';
import { invalidParameter, Refusal, refusalMessage } from '../refusals.js';
import { exclusivelyOn } from './services.js';

/** Somebody whom a call names by account, by a name of RAM, or by both. */
interface NamedUser {
  readonly UserId: string | undefined;
  readonly UserARN: string | undefined;
}

/** AddUserToVpcEndpointService. Inferred: to add somebody once more changes nothing. */
export function addUserToVpcEndpointService(state: EngineState, call: EngineCall): Preparation {
  const service = activeService(state, call);
  const { UserId, UserARN } = namedUser(call.parameters);
  const begin = state.exclusively(call.accountId, call.action);
  return () => {
    begin();
    if (UserId !== undefined) service.users.add(UserId);
    if (UserARN !== undefined) service.userArns.add(UserARN);
    state.noteService('serviceChanged', service, causeOf(call));
    return {};
  };
}

/** RemoveUserFromVpcEndpointService. Inferred: to remove somebody who is not there changes nothing. */
export function removeUserFromVpcEndpointService(state: EngineState, call: EngineCall): Preparation {
  const service = activeService(state, call);
  const { UserId, UserARN } = namedUser(call.parameters);
  const begin = exclusivelyOn(state, service);
  return () => {
    begin();
    if (UserId !== undefined) service.users.delete(UserId);
    if (UserARN !== undefined) service.userArns.delete(UserARN);
    state.noteService('serviceChanged', service, causeOf(call));
    return {};
  };
}

/**
 * ListVpcEndpointServiceUsers.
 *
 * Inferred: `UserListType` is `Users` or `UserARNs`, each the name of the list that the answer then holds; a call without
 * it gets both, in one count.
 */
export function listVpcEndpointServiceUsers(state: EngineState, call: EngineCall): Fields {
  const { parameters } = call;
  const { users, userArns } = state.ownedService(call);
  const UserId = optionalText(parameters, 'UserId');
  const type = optionalText(parameters, 'UserListType');
  if (type !== undefined && type !== 'Users' && type !== 'UserARNs') throw invalidParameter('UserListType');
  const byId = [...users].map((user) => ({ UserId: user }));
  const byArn = [...userArns].map((arn) => ({ UserARN: arn }));
  const rows = [...(type === 'UserARNs' ? [] : byId), ...(type === 'Users' ? [] : byArn)].filter(
    (row) => UserId === undefined || ('UserId' in row ? row.UserId : accountInArn(row.UserARN)) === UserId,
  );
  const { items, wire } = pageOf(rows, (_item, index) => index, parameters);
  // This action counts in a text.
  return {
    Users: items.flatMap((row) => ('UserId' in row ? [{ UserId: Number(row.UserId) }] : [])),
    UserARNs: items.flatMap((row) => ('UserARN' in row ? [row] : [])),
    ...wire,
    TotalCount: String(wire.TotalCount),
  };
}

/** Inferred: the page asks for a service that is Active, but has no code of its own for another. */
function activeService(state: EngineState, call: EngineCall) {
  const service = state.ownedService(call);
  if (service.statusAt(state.now) !== 'Active') throw new Refusal('ConcurrentCallNotSupported');
  return service;
}

function namedUser(parameters: WireParameters): NamedUser {
  const UserId = optionalText(parameters, 'UserId');
  const UserARN = optionalText(parameters, 'UserARN');
  if (UserId === undefined && UserARN === undefined) throw new Refusal('MissingParam.UserArn');
  const account = UserARN === undefined ? undefined : accountInArn(UserARN);
  if (UserARN !== undefined && account === undefined) throw invalidParameter('UserARN');
  if (UserId !== undefined && UserARN !== undefined && account !== UserId) {
    const code = 'Mismatch.UserIdAndUserArn';
    throw new Refusal(code, refusalMessage(code, 'UserId', 'UserArn'));
  }
  return { UserId, UserARN };
}
