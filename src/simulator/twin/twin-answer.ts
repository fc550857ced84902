import type { EngineAnswer } from '../engine/engine.js';

/** What a client of the wire gets to see. */
export interface TwinAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The headers go out at once, and the body drips over this time. In process it is there at once. */
  readonly bodyOverMs?: number;
  /** The connection breaks after so many bytes of the body, which is longer: there is no answer that a client could use. */
  readonly cutAfterBytes?: number;
}

/** An answer of the engine as it goes over the wire, with its headers and these. */
export function jsonAnswer(answer: EngineAnswer, headers: Readonly<Record<string, string>> = {}): TwinAnswer {
  const { status, body } = answer;
  return {
    status,
    headers: {
      'content-type': 'application/json;charset=utf-8',
      'x-acs-request-id': body.RequestId,
      ...answer.headers,
      ...headers,
    },
    body: JSON.stringify(body),
  };
}
