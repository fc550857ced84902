import type { Connection } from '@temporalio/client';
import type { TemporalConfig } from '../../config.js';
import { SEARCH_ATTRIBUTES } from '../../contract/search-attributes.js';
import { formatMs } from '../../model/duration.js';
import {
  connectionAdvice,
  explainConnectionError,
  type TemporalConnectionError,
  type TemporalTarget,
} from '../../temporal/connection-errors.js';
import { shellArgument } from '../plain-text.js';
import { targetOf } from '../session.js';
import { fail, pass, skipped, unknown, warn, type Check } from './check.js';

/** Names of these checks, for those that are skipped. */
const CHECKS = { server: 'server', namespace: 'namespace', retention: 'retention', attributes: 'search attributes' };

/** Closed runs are needed for longer than a weekend: see {@link checkRetention}. */
const RETENTION_WARN_MS = 3 * 86_400_000;

const CALL_TIMEOUT_MS = 5_000;

/** Numbers of types of search attributes in the protocol, in the spelling of the `temporal` command. */
const ATTRIBUTE_TYPES: Readonly<Record<number, string>> = {
  1: 'Text',
  2: 'Keyword',
  3: 'Int',
  4: 'Double',
  5: 'Bool',
  6: 'Datetime',
  7: 'KeywordList',
};

/** What is said where there is no connection at all. */
export function serverFailed(error: TemporalConnectionError): Check[] {
  return [
    fail(CHECKS.server, ...whatAndAdvice(error), 'unreachable'),
    ...[CHECKS.namespace, CHECKS.retention, CHECKS.attributes].map(needsServer),
  ];
}

/** A check that cannot be made before the server can be used. */
export function needsServer(check: string): Check {
  return skipped(check, 'not asked', 'Make the Temporal server usable first; then run pvlctl doctor again.');
}

/** Ask a server that answers for its version, its namespace, how long it keeps runs and its search attributes. */
export async function checkServer(connection: Connection, temporal: TemporalConfig): Promise<Check[]> {
  const target = targetOf(temporal);
  const server = await checkVersion(connection, target);
  try {
    const { config } = await soon(connection, () =>
      connection.workflowService.describeNamespace({ namespace: target.namespace }),
    );
    const retention = config?.workflowExecutionRetentionTtl?.seconds;
    return [
      server,
      pass(CHECKS.namespace, target.namespace),
      checkRetention(retention == null ? undefined : Number(retention) * 1_000, target),
      await checkAttributes(connection, target),
    ];
  } catch (error) {
    const explained = explainConnectionError(error, target);
    return [
      server,
      fail(CHECKS.namespace, ...whatAndAdvice(explained), 'unreachable'),
      ...[CHECKS.retention, CHECKS.attributes].map(needsServer),
    ];
  }
}

async function checkVersion(connection: Connection, target: TemporalTarget): Promise<Check> {
  try {
    const { serverVersion } = await soon(connection, () => connection.workflowService.getSystemInfo({}));
    return pass(
      CHECKS.server,
      `${target.address} answers, Temporal ${serverVersion}, TLS ${target.tls ? 'on' : 'off'}`,
    );
  } catch (error) {
    return fail(CHECKS.server, ...whatAndAdvice(explainConnectionError(error, target)), 'unreachable');
  }
}

/**
 * Hold the time for which closed runs are kept against what needs them: a new run of an id asks how the earlier ones
 * ended, `pvlctl result` reads what they ended with.
 */
export function checkRetention(retentionMs: number | undefined, { namespace, address }: TemporalTarget): Check {
  const command = `temporal operator namespace update --namespace ${shellArgument(namespace)} --retention 168h --address ${address}`;
  if (retentionMs === undefined || !(retentionMs > 0)) {
    return unknown(CHECKS.retention, 'the server does not tell', `Make it 3 days or more: ${command}.`);
  }
  const seen = `closed runs are kept for ${formatMs(retentionMs)}`;
  if (retentionMs >= RETENTION_WARN_MS) return pass(CHECKS.retention, seen);
  return warn(
    CHECKS.retention,
    seen,
    `Keep them for 3 days or more, because a new run of an id asks how the earlier ones ended, and pvlctl result reads what they ended with: ${command}.`,
  );
}

async function checkAttributes(connection: Connection, { namespace, address }: TemporalTarget): Promise<Check> {
  try {
    const { customAttributes } = await soon(connection, () =>
      connection.operatorService.listSearchAttributes({ namespace }),
    );
    return compareAttributes(customAttributes, { namespace, address });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return unknown(
      CHECKS.attributes,
      `the server does not list them: ${reason}`,
      'Not needed by this version; look with: temporal operator search-attribute list.',
    );
  }
}

/** Hold what a namespace has against what a later version would use. @param registered - Types as numbers of the protocol. */
export function compareAttributes(
  registered: Readonly<Record<string, number | null | undefined>>,
  { namespace, address }: Pick<TemporalTarget, 'namespace' | 'address'>,
): Check {
  const wanted = Object.entries(SEARCH_ATTRIBUTES);
  const missing = wanted.filter(([name]) => registered[name] == null);
  const mistyped = wanted.flatMap(([name, type]) => {
    const actual = registered[name];
    if (actual == null || ATTRIBUTE_TYPES[actual] === type) return [];
    return [`${name} (${ATTRIBUTE_TYPES[actual] ?? `type ${actual}`} instead of ${type})`];
  });
  const there = wanted.length - missing.length - mistyped.length;
  const counted = `${there} of ${wanted.length} are registered`;
  if (mistyped.length > 0) {
    return warn(
      CHECKS.attributes,
      `${counted}; of another type: ${mistyped.join(', ')}`,
      'Not needed by this version; a later one cannot use an attribute of another type, so remove it there, or use another namespace.',
    );
  }
  if (missing.length === 0) return pass(CHECKS.attributes, counted);
  const flags = missing.map(([name, type]) => `--name ${name} --type ${type}`).join(' ');
  return warn(
    CHECKS.attributes,
    `${counted}; missing: ${missing.map(([name]) => name).join(', ')}`,
    `Not needed by this version; a later one uses those that it finds: temporal operator search-attribute create --namespace ${shellArgument(namespace)} --address ${address} ${flags}.`,
  );
}

/** The message of a connection error in two parts. */
function whatAndAdvice({ message, problem, target }: TemporalConnectionError): [seen: string, advice: string] {
  const advice = connectionAdvice(problem, target);
  return [message.endsWith(advice) ? message.slice(0, -advice.length).trimEnd() : message, advice];
}

function soon<Answer>(connection: Connection, call: () => Promise<Answer>): Promise<Answer> {
  return connection.withDeadline(Date.now() + CALL_TIMEOUT_MS, call);
}
