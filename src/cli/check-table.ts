import type { PreflightCheck } from '../model/preflight.js';
import { plainText } from './plain-text.js';

/**
 * The report of a dry run as a table: verdict, check, what was seen. A RequestId is shown where somebody may need it: not
 * with what passed.
 */
export function checkTable(report: readonly PreflightCheck[]): string {
  const rows = report.map(({ verdict, check, message, requestId }) => {
    const isShown = verdict !== 'pass' && requestId !== undefined && !message.includes(requestId);
    return [verdict, check, plainText(isShown ? `${message} (RequestId ${requestId})` : message)] as const;
  });
  const widths = [0, 1].map((column) => Math.max(0, ...rows.map((row) => (row[column] ?? '').length)));
  return rows
    .map(([verdict, check, text]) => `${verdict.padEnd(widths[0] ?? 0)}  ${check.padEnd(widths[1] ?? 0)}  ${text}`)
    .join('\n');
}
