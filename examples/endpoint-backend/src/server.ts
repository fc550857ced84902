import { createServer, type IncomingMessage, type Server } from 'node:http';
import { errorAnswer, invalidAnswer, notFoundAnswer, type Answer } from './answers.js';
import { isOurs, type Endpoints } from './endpoints.js';

/** More than any request of CreateVpcEndpoint. */
const MAX_BODY_BYTES = 256 * 1024;

/** The HTTP front. It holds no state: any number of them work beside each other, and a restart loses nothing. */
export function createEndpointServer(endpoints: Endpoints): Server {
  return createServer((request, response) => {
    void answerTo(endpoints, request).then(({ status, body }) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(`${JSON.stringify(body)}\n`);
    });
  });
}

async function answerTo(endpoints: Endpoints, request: IncomingMessage): Promise<Answer> {
  try {
    return await route(endpoints, request);
  } catch (error) {
    const answer = errorAnswer(error);
    if (answer !== undefined) return answer;
    console.error('Unexpected:', error);
    return { status: 500, body: { error: { type: 'Unexpected', message: 'Our fault; see our log' } } };
  }
}

async function route(endpoints: Endpoints, request: IncomingMessage): Promise<Answer> {
  const { method = '', url = '/' } = request;
  const [path = ''] = url.split('?');
  if (method === 'GET' && path === '/healthz') return endpoints.health();
  if (method === 'POST' && path === '/endpoints') {
    const [key] = request.headersDistinct['idempotency-key'] ?? [];
    const body = await readJson(request);
    return 'problem' in body ? body.problem : endpoints.create(key, body.json);
  }
  const workflowId = workflowIdIn(path);
  if (workflowId === undefined || !isOurs(workflowId)) return notFoundAnswer();
  if (method === 'GET') return endpoints.read(workflowId);
  if (method === 'DELETE') return endpoints.remove(workflowId);
  return { status: 405, body: { error: { type: 'MethodNotAllowed', message: 'GET or DELETE' } } };
}

/** `/endpoints/<workflow id>`, where a slash in the id is written `%2F`. */
function workflowIdIn(path: string): string | undefined {
  const [, encoded] = /^\/endpoints\/([^/]+)$/.exec(path) ?? [];
  try {
    return encoded === undefined ? undefined : decodeURIComponent(encoded);
  } catch {
    // Not an encoding of anything, so no id of ours.
    return undefined;
  }
}

async function readJson(request: IncomingMessage): Promise<{ json: unknown } | { problem: Answer }> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) {
      return { problem: { status: 413, body: { error: { type: 'TooLarge', message: 'The body is too large' } } } };
    }
    chunks.push(chunk);
  }
  try {
    return { json: JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown };
  } catch {
    return { problem: invalidAnswer([{ path: '', message: 'the body is not JSON' }]) };
  }
}
