import { open, readFile, type FileHandle } from 'node:fs/promises';
import { InputFileError } from '../read-input.js';
import type { ResultLine } from './result-line.js';

/** What a file of results holds already. */
export interface EarlierResults {
  /** Digests of the requests that ended ready, by workflow id. */
  readonly ready: ReadonlyMap<string, string>;
  /** Lines that were cut off in the middle, as a crash leaves them. */
  readonly torn: number;
}

/** A file of results that lines are appended to. */
export interface ResultsFile {
  readonly earlier: EarlierResults;
  append(line: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * Open a file of results, or begin one. Nothing that it holds is changed; after a torn last line the next one begins anew.
 *
 * @throws InputFileError - It cannot be read or written, or holds something else than results.
 */
export async function openResultsFile(path: string): Promise<ResultsFile> {
  const text = await readExisting(path);
  const earlier = readResults(text, path);
  let file: FileHandle;
  try {
    file = await open(path, 'a');
    if (text !== '' && !text.endsWith('\n')) await file.appendFile('\n');
  } catch (error) {
    throw new InputFileError(`${path}: cannot be written (${codeOf(error)})`);
  }
  return {
    earlier,
    // One write for a line, so that a crash leaves at most one torn line.
    append: async (line) => {
      await file.appendFile(`${line}\n`);
    },
    close: () => file.close(),
  };
}

/**
 * Read what a file of results holds. The last line of a workflow id counts.
 *
 * @throws InputFileError - A line is something else than a result.
 */
export function readResults(text: string, name: string): EarlierResults {
  const ready = new Map<string, string>();
  let torn = 0;
  for (const [index, content] of text.split('\n').entries()) {
    if (content.trim() === '') continue;
    const line = parseLine(content);
    if (line === undefined) {
      torn += 1;
      continue;
    }
    if (!isResult(line)) {
      throw new InputFileError(`${name}: line ${index + 1} is no result of a bulk; --results takes a file of its own`);
    }
    if (line.outcome === 'ready') ready.set(line.workflowId, line.request);
    else ready.delete(line.workflowId);
  }
  return { ready, torn };
}

async function readExisting(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return '';
    throw new InputFileError(`${path}: cannot be read (${codeOf(error)})`);
  }
}

/** @returns `undefined`: it is no JSON, so it was cut off. */
function parseLine(content: string): unknown {
  try {
    return JSON.parse(content) as unknown;
  } catch {
    return undefined;
  }
}

function isResult(line: unknown): line is Pick<ResultLine, 'workflowId' | 'outcome' | 'request'> {
  if (typeof line !== 'object' || line === null) return false;
  const { workflowId, outcome, request } = line as Record<string, unknown>;
  return typeof workflowId === 'string' && typeof outcome === 'string' && typeof request === 'string';
}

function codeOf(error: unknown): string {
  return (error as { code?: string }).code ?? 'unknown';
}
