/*
 * The official Node SDKs behind the protocol of driver.ts: one call a line in, one answer a line out. Both are generic
 * clients: what their users write for an action stands here once for all actions.
 */
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import openApiClient from '@alicloud/openapi-client';
import * as openApiCore from '@alicloud/openapi-core';
import openApiUtil from '@alicloud/openapi-util';

/** Actions whose parameters the official metadata puts into the form body. */
const FORM_ACTIONS = new Set(['TagResources', 'UntagResources']);

const SDKS = {
  'openapi-client': {
    Client: openApiClient.default,
    Config: openApiClient.Config,
    Params: openApiClient.Params,
    OpenApiRequest: openApiClient.OpenApiRequest,
    flatten: (params) => openApiUtil.default.query(params),
  },
  'openapi-core': {
    Client: openApiCore.default.default,
    Config: openApiCore.$OpenApiUtil.Config,
    Params: openApiCore.$OpenApiUtil.Params,
    OpenApiRequest: openApiCore.$OpenApiUtil.OpenApiRequest,
    flatten: (params) => openApiCore.OpenApiUtil.query(params),
  },
};

async function call({ sdk, signature, method, action, params, connection }) {
  const { Client, Config, Params, OpenApiRequest, flatten } = SDKS[sdk];
  const { caFile, ...config } = connection;
  const client = new Client(
    new Config({
      ...config,
      ...(signature === 1 ? { signatureAlgorithm: 'v2' } : {}),
      ...(caFile === undefined ? {} : { ca: readFileSync(caFile, 'utf8') }),
    }),
  );
  const inForm = FORM_ACTIONS.has(action);
  const about = new Params({
    action,
    version: '2020-04-15',
    protocol: 'HTTPS',
    pathname: '/',
    method: inForm ? 'POST' : method,
    authType: 'AK',
    style: 'RPC',
    reqBodyType: 'formData',
    bodyType: 'json',
  });
  const request = new OpenApiRequest(inForm ? { body: flatten(params) } : { query: flatten(params) });
  const { body } = await client.callApi(about, request, {});
  return { ok: true, body };
}

function failureOf(error) {
  const { name, code, message, statusCode, requestId, retryAfter, data } = error;
  return {
    ok: false,
    error: name,
    code,
    message,
    status: statusCode ?? data?.statusCode,
    requestId: requestId ?? data?.RequestId,
    retryAfter,
  };
}

for await (const line of createInterface({ input: process.stdin })) {
  const answer = await call(JSON.parse(line)).catch(failureOf);
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
