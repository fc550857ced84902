export { provisionVpcEndpoint } from './provision-vpc-endpoint.js';
