import { LineCounter, parseDocument } from 'yaml';
import { InputFileError, readText } from './read-input.js';

/** Aliases that stand for more than so many nodes would only fill the memory. */
const MOST_ALIASES = 100;

/**
 * Read one value from a file of YAML 1.2, of which JSON is a part, or from standard input for `-`.
 *
 * A key that stands twice in one object is refused, as are tags that nobody knows.
 *
 * @throws InputFileError - Names the file, and line and column of what is no YAML. Never quotes the file.
 */
export async function readDocument(file: string, stdin: AsyncIterable<Uint8Array | string>): Promise<unknown> {
  const { name, text } = await readText(file, stdin);
  const lineCounter = new LineCounter();
  // Pretty messages would quote the lines.
  const document = parseDocument(text, { prettyErrors: false, lineCounter, stringKeys: true });
  const [problem] = [...document.errors, ...document.warnings];
  if (problem !== undefined) {
    const { line, col } = lineCounter.linePos(problem.pos[0]);
    throw new InputFileError(`${name} is no YAML: line ${line}, column ${col}: ${wordsOf(problem.message)}`);
  }
  try {
    return document.toJS({ maxAliasCount: MOST_ALIASES }) as unknown;
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    throw new InputFileError(`${name} is no YAML: an alias stands for nothing, or for too much`);
  }
}

/** Some messages quote what they found, behind a colon. */
function wordsOf(message: string): string {
  return message.split(/[:\n]/, 1)[0] ?? '';
}
