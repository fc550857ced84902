/** What is wrong with a text that should be JSON, and where. Never quotes the text: it may hold a secret. */
export class JsonTextError extends Error {
  override readonly name = 'JsonTextError';
  readonly line: number;
  readonly column: number;

  constructor(problem: string, line: number, column: number) {
    super(`line ${line}, column ${column}: ${problem}`);
    this.line = line;
    this.column = column;
  }
}

const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const SCALAR = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-])/y;
const SPACE = /[ \t\r\n]*/y;
const DEEPEST = 100;

/**
 * Parse JSON as `JSON.parse` does, but say where it fails, in the same words on every version of Node, and refuse a key
 * that stands twice in one object: `JSON.parse` silently drops the first.
 *
 * @throws JsonTextError
 */
export function parseJsonText(text: string): unknown {
  new Scanner(text).scan();
  return JSON.parse(text) as unknown;
}

class Scanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  scan(): void {
    this.#space();
    if (this.#at === this.#text.length) this.#fail('there is nothing in it');
    this.#value(0);
    if (this.#at < this.#text.length) this.#fail('expected nothing after the end of the JSON value');
  }

  #value(depth: number): void {
    if (depth > DEEPEST) this.#fail(`nested more than ${DEEPEST} deep`);
    switch (this.#text[this.#at]) {
      case '{':
        this.#list('}', 'a key in double quotes', this.#entry(depth));
        break;
      case '[':
        this.#list(']', 'a value', () => this.#value(depth + 1));
        break;
      case '"':
        this.#string();
        break;
      default:
        if (this.#take(SCALAR) === undefined) this.#fail(this.#unexpected('a value'));
    }
    this.#space();
  }

  /** Everything between brackets, commas included. */
  #list(end: '}' | ']', wanted: string, item: () => void): void {
    this.#at += 1;
    this.#space();
    for (let items = 0; this.#text[this.#at] !== end; items++) {
      if (items > 0) {
        if (this.#text[this.#at] !== ',') this.#fail(this.#unexpected(`"," or "${end}"`));
        this.#at += 1;
        this.#space();
        if (this.#text[this.#at] === end) this.#fail(`expected ${wanted} after the comma`);
      }
      item();
    }
    this.#at += 1;
  }

  #entry(depth: number): () => void {
    const keys = new Set<string>();
    return () => {
      if (this.#text[this.#at] !== '"') this.#fail(this.#unexpected('a key in double quotes'));
      const start = this.#at;
      const key = JSON.parse(this.#string()) as string;
      if (keys.has(key)) {
        this.#at = start;
        this.#fail('this key stands twice in one object');
      }
      keys.add(key);
      this.#space();
      if (this.#text[this.#at] !== ':') this.#fail(this.#unexpected('":" after the key'));
      this.#at += 1;
      this.#space();
      this.#value(depth + 1);
    };
  }

  #string(): string {
    const found = this.#take(STRING);
    if (found !== undefined) return found;
    return this.#fail('this text is not closed by a double quote on its line, or has a wrong escape in it');
  }

  #space(): void {
    this.#take(SPACE);
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const [found] = pattern.exec(this.#text) ?? [];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #unexpected(wanted: string): string {
    const rest = this.#text.slice(this.#at, this.#at + 2);
    if (rest === '') return `it ends here; expected ${wanted}`;
    if (rest.startsWith("'")) return `expected ${wanted}; JSON has no single quotes`;
    if (rest === '//' || rest === '/*' || rest.startsWith('#')) return `expected ${wanted}; JSON has no comments`;
    return `expected ${wanted}`;
  }

  #fail(problem: string): never {
    const before = this.#text.slice(0, this.#at).split('\n');
    throw new JsonTextError(problem, before.length, (before.at(-1)?.length ?? 0) + 1);
  }
}
