/** `npm run docs:generate`: write the pages and the parts of pages that are data of the code. */
import { writeFile } from 'node:fs/promises';
import { GENERATED_PAGES } from './docs/pages.js';

for (const { path, text } of GENERATED_PAGES) {
  await writeFile(new URL(`../${path}`, import.meta.url), await text());
  process.stdout.write(`${path}\n`);
}
