import { requestDigest, provisionWorkflowId } from '../../client/workflow-id.js';
import type { ProvisionInput } from '../../contract/input.js';
import { workflowIdProblems, type Problem } from '../../model/request-rules.js';
import { checkInput } from '../../schema/check-input.js';
import { JsonTextError, parseJsonText } from '../json-text.js';
import { InputFileError } from '../read-input.js';
import { isObject } from '../../schema/schema-problems.js';

/** One request of a bulk file. */
export interface BulkLine {
  /** Number of its line, from 1. */
  readonly line: number;
  readonly workflowId: string;
  readonly input: ProvisionInput;
  /** What was asked for, as {@link requestDigest} makes it. */
  readonly digest: string;
}

/** What all lines have in common. */
export interface BulkDefaults {
  /** Account of a line that names none; refused where a line names another. */
  readonly account?: string | undefined;
  /** Make each a dry run. */
  readonly dryRun?: boolean | undefined;
}

/** A message that is longer helps nobody. */
const LISTED_PROBLEMS = 50;

interface LineProblem extends Problem {
  readonly line: number;
}

/**
 * Read a bulk file: one input a line, which may have its `workflowId` beside the `request`. Empty lines are skipped.
 *
 * Every line is checked as a single input is, before any is used. Two lines of one workflow id would be one run, so they are
 * refused even where they are the same.
 *
 * @param name - What to call the file in a message.
 * @throws InputFileError - Names each bad line and what is wrong with it; the first 50 problems, and how many more there are.
 */
export function readBulkText(text: string, name: string, defaults: BulkDefaults = {}): readonly BulkLine[] {
  const problems: LineProblem[] = [];
  const lines: BulkLine[] = [];
  for (const [index, content] of splitLines(text)) {
    const line = index + 1;
    const read = readLine(content, defaults);
    if ('problems' in read) problems.push(...read.problems.slice(0, LISTED_PROBLEMS).map((one) => ({ line, ...one })));
    else lines.push({ line, digest: requestDigest(read.input), ...read });
  }
  // One by one: there may be more than a call has room for arguments.
  for (const problem of repeatedIds(lines)) problems.push(problem);
  if (problems.length > 0) throw new InputFileError(problemText(name, problems));
  if (lines.length === 0) throw new InputFileError(`${name} holds no request: expected one JSON object a line`);
  return lines;
}

/** Lines that are not empty, with their index. One at a time: a large file is not held twice. */
function* splitLines(text: string): Generator<[index: number, content: string]> {
  let index = 0;
  for (let start = 0; start < text.length; index += 1) {
    const end = text.indexOf('\n', start);
    const content = text.slice(start, end < 0 ? undefined : end).trim();
    if (content !== '') yield [index, content];
    if (end < 0) return;
    start = end + 1;
  }
}

type ReadLine = { readonly workflowId: string; readonly input: ProvisionInput } | { readonly problems: Problem[] };

function readLine(content: string, defaults: BulkDefaults): ReadLine {
  let given: unknown;
  try {
    given = parseJsonText(content);
  } catch (error) {
    if (!(error instanceof JsonTextError)) throw error;
    return refused('', `is no JSON: ${error.message.replace(/^line 1, /, '')}`);
  }
  if (!isObject(given)) return checked(given, undefined);
  const { workflowId, ...raw } = given;
  if (workflowId !== undefined && (typeof workflowId !== 'string' || workflowId === '')) {
    return refused('workflowId', 'expected a text');
  }
  const { account } = defaults;
  if (account !== undefined && 'account' in raw && raw['account'] !== account) {
    return refused('account', `--account says "${account}", and this line names another: leave one of them out`);
  }
  const { request } = raw;
  return checked(
    {
      ...raw,
      ...(account === undefined ? {} : { account }),
      ...(defaults.dryRun === true && isObject(request) ? { request: { ...request, DryRun: true } } : {}),
    },
    workflowId,
  );
}

function checked(raw: unknown, workflowId: string | undefined): ReadLine {
  const result = checkInput(raw);
  if (!result.ok) return { problems: [...result.problems] };
  const { input } = result;
  const id = workflowId ?? provisionWorkflowId(input);
  const problems = input.ownerTags === false ? [] : workflowIdProblems(id);
  return problems.length > 0 ? { problems } : { workflowId: id, input };
}

function repeatedIds(lines: readonly BulkLine[]): LineProblem[] {
  const first = new Map<string, number>();
  return lines.flatMap(({ line, workflowId }) => {
    const earlier = first.get(workflowId);
    if (earlier === undefined) {
      first.set(workflowId, line);
      return [];
    }
    return [{ line, path: 'workflowId', message: `is that of line ${earlier}, too: ${workflowId}` }];
  });
}

function problemText(name: string, problems: readonly LineProblem[]): string {
  const bad = new Set(problems.map(({ line }) => line)).size;
  const listed = [...problems].sort((a, b) => a.line - b.line).slice(0, LISTED_PROBLEMS);
  const rows = listed.map(({ line, path, message }) => `- line ${line}: ${path === '' ? '' : `${path}: `}${message}`);
  const more = problems.length - listed.length;
  return [
    `${name} has ${problems.length} ${problems.length === 1 ? 'problem' : 'problems'} in ${bad} ${bad === 1 ? 'line' : 'lines'}; nothing was started:`,
    ...rows,
    ...(more > 0 ? [`- and ${more} more`] : []),
  ].join('\n');
}

function refused(path: string, message: string): ReadLine {
  return { problems: [{ path, message }] };
}
