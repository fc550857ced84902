import type { TwinAnswer } from '../twin/twin-answer.js';
import type { AnswerFormat, WireRequest } from './wire-request.js';
import { toXml } from './xml.js';

/** Names of the cloud's own hosts. */
const CLOUD_HOST = /^[a-z0-9-]+(?:\.[a-z0-9-]+)*\.aliyuncs\.com$/i;

/**
 * Give an answer the form that its request asks for: XML, and in refusals the host that the client meant to reach.
 *
 * What is not JSON, such as the page of a broken gateway, stays as it is.
 *
 * @param absentFormat - Where the request asks for no format.
 */
export function formAnswer(
  answer: TwinAnswer,
  { action, host, format }: Pick<WireRequest, 'action' | 'host' | 'format'>,
  absentFormat: AnswerFormat,
): TwinAnswer {
  const isRefusal = answer.status >= 400;
  const HostId = isRefusal ? cloudHost(host) : undefined;
  const wanted = format ?? absentFormat;
  if (HostId === undefined && wanted === 'JSON') return answer;
  if (answer.headers['content-type']?.startsWith('application/json') !== true) return answer;

  const parsed = JSON.parse(answer.body) as object;
  const content = HostId === undefined ? parsed : { ...parsed, HostId };
  if (wanted === 'JSON') return { ...answer, body: JSON.stringify(content) };
  return {
    ...answer,
    headers: { ...answer.headers, 'content-type': 'text/xml;charset=utf-8' },
    body: toXml(isRefusal ? 'Error' : `${action.replace(/\W/g, '')}Response`, content),
  };
}

/** The name in a Host header where it is one of the cloud's: without its port, in lower case. */
export function cloudHost(host: string): string | undefined {
  const name = host.replace(/:\d*$/, '').toLowerCase();
  return CLOUD_HOST.test(name) ? name : undefined;
}
