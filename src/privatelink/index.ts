/** The cloud API: its port, the adapter over @alicloud/pop-core, and what an adapter over a twin shares with it. */
export {
  PrivateLinkError,
  type CallParameters,
  type EndpointAttribute,
  type EndpointRef,
  type EndpointZones,
  type ListServicesPage,
  type ListServicesQuery,
  type ListVpcEndpointsPage,
  type ListVpcEndpointsQuery,
  type ParameterValue,
  type PrivateLinkApi,
  type RefusedAnswer,
} from './port.js';
export { DEFAULT_TIMEOUT_MS, PopCorePrivateLinkApi, type PopCoreOptions } from './pop-core-private-link-api.js';
export {
  accountCredentials,
  CredentialsUnavailableError,
  DEFAULT_CREDENTIALS_TIMEOUT_MS,
  defaultChainCredentials,
  hasCredentials,
  staticCredentials,
  type Credentials,
  type CredentialsSource,
} from './credentials.js';
export {
  checkedEndpoint,
  endpointFor,
  isLoopback,
  type EndpointChoice,
  type EndpointNetwork,
} from './endpoint-address.js';
export { flattenParameters, NOT_SENT_CODE, toWireParameters } from './parameters.js';
export { privateLinkApiOver, type SendCall } from './private-link-api-over.js';
export { noAnswer, readAnswer, type RawAnswer } from './read-answer.js';
export {
  readAccepted,
  readCreated,
  readListPage,
  readServicesPage,
  readVpcEndpoint,
  readZones,
} from './read-endpoint.js';
export type { Json, JsonObject } from './plain-json.js';
