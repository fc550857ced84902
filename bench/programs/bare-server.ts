/** An HTTP server that answers about as much as the twin does, and does nothing else: what no twin can be faster than. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readyUntilLetGo } from '../forked-program.js';

const BODY = JSON.stringify({
  RequestId: 'x'.repeat(36),
  HostId: 'privatelink.cn-hangzhou.aliyuncs.com',
  Code: 'EndpointNotFound',
});

const server = createServer((request, response) => {
  request.resume();
  request.on('end', () => {
    response.writeHead(200, { 'content-type': 'application/json;charset=utf-8', 'content-length': BODY.length });
    response.end(BODY);
  });
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
await readyUntilLetGo({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
server.closeAllConnections();
server.close();
