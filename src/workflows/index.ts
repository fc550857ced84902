export { acceptVpcEndpointConnections } from './accept-connections.js';
export { findOrphans } from './find-orphans.js';
export { deprovisionVpcEndpoint } from './deprovision-vpc-endpoint.js';
export { provisionVpcEndpoint } from './provision-vpc-endpoint.js';
export { watchVpcEndpoints } from './watch-endpoints.js';
