/* Workflows of a team and ours, as one module: what the worker plugin has bundled. */
// The bundler puts the team's module in its place; no name of it hides one of ours.
// @ts-expect-error -- there is no module of this name anywhere else.
// eslint-disable-next-line no-restricted-syntax, @typescript-eslint/no-restricted-imports -- what it exports is not known here.
export * from 'durable-privatelink-workflows-of-the-team';
export {
  acceptVpcEndpointConnections,
  deprovisionVpcEndpoint,
  findOrphans,
  provisionVpcEndpoint,
  watchVpcEndpoints,
} from './index.js';
