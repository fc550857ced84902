import type { Connection } from '@temporalio/client';
import type { TemporalConfig } from '../../config.js';
import { lackingAttributes, SEARCH_ATTRIBUTES } from '../../contract/search-attributes.js';
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

/** What runs do where not all search attributes are registered. */
const WITHOUT_ATTRIBUTES = 'Without all of them runs use their memo, and pvlctl list reads every run';

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
      `${WITHOUT_ATTRIBUTES}; look with: temporal operator search-attribute list --namespace ${shellArgument(namespace)} --address ${address}.`,
    );
  }
}

/** Hold what a namespace has against what runs use. @param registered - Types as numbers of the protocol. */
export function compareAttributes(
  registered: Readonly<Record<string, number | null | undefined>>,
  { namespace, address }: Pick<TemporalTarget, 'namespace' | 'address'>,
): Check {
  const { missing, mistyped } = lackingAttributes(registered);
  const count = Object.keys(SEARCH_ATTRIBUTES).length;
  const counted = `${count - missing.length - mistyped.length} of ${count} are registered`;
  if (mistyped.length > 0) {
    const types = mistyped.map(({ name, type }) => `${name} (${type} instead of ${SEARCH_ATTRIBUTES[name]})`);
    return warn(
      CHECKS.attributes,
      `${counted}; of another type: ${types.join(', ')}`,
      `${WITHOUT_ATTRIBUTES}. The type of one that is registered cannot be changed: use another namespace, or leave it as it is.`,
    );
  }
  if (missing.length === 0) return pass(CHECKS.attributes, counted);
  const flags = missing.map((name) => `--name ${name} --type ${SEARCH_ATTRIBUTES[name]}`).join(' ');
  return warn(
    CHECKS.attributes,
    `${counted}; missing: ${missing.join(', ')}`,
    `${WITHOUT_ATTRIBUTES}. Restart the workers after this: temporal operator search-attribute create --namespace ${shellArgument(namespace)} --address ${address} ${flags}.`,
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
