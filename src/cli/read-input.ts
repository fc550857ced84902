import { readFile } from 'node:fs/promises';
import { JsonTextError, parseJsonText } from './json-text.js';

/** The input could not be read, or is no JSON. Nothing was started. */
export class InputFileError extends Error {
  override readonly name = 'InputFileError';
}

/** Why a file could not be read, in words. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'is a folder',
  EACCES: 'may not be read by this user',
};

/**
 * Read one JSON value from a file, or from standard input for `-`.
 *
 * Takes UTF-8, and UTF-16 with a byte order mark, which is what the `>` of some shells writes.
 *
 * @throws InputFileError - Names the file, and line and column of what is no JSON.
 */
export async function readInput(file: string, stdin: AsyncIterable<Uint8Array | string>): Promise<unknown> {
  const { name, text } = await readText(file, stdin);
  try {
    return parseJsonText(text);
  } catch (error) {
    if (!(error instanceof JsonTextError)) throw error;
    throw new InputFileError(`${name} is no JSON: ${error.message}`);
  }
}

/** Read the text of a file, or of standard input for `-`, and what to call it in a message. */
export async function readText(
  file: string,
  stdin: AsyncIterable<Uint8Array | string>,
): Promise<{ readonly name: string; readonly text: string }> {
  const name = file === '-' ? 'standard input' : file;
  const bytes = file === '-' ? await readAll(stdin) : await readBytes(file);
  return { name, text: decode(bytes, name) };
}

async function readBytes(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    const { code = '' } = error as { code?: string };
    throw new InputFileError(`${file}: ${REASONS[code] ?? `cannot be read (${code})`}`);
  }
}

async function readAll(stdin: AsyncIterable<Uint8Array | string>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

function decode(bytes: Uint8Array, name: string): string {
  const encoding =
    bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8';
  try {
    // Without `ignoreBOM` a byte order mark is dropped.
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    throw new InputFileError(`${name} is no UTF-8 text`);
  }
}
