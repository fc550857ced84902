/** The text on one line, without characters that steer a terminal: some of it comes from a server's answer. */
export function plainText(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/\p{Cc}/gu, '');
}

/** Rows of a name and a value, the values under each other. Rows without a value are left out. */
export function alignedRows(rows: readonly (readonly [name: string, value: string | undefined])[]): string {
  const shown = rows.filter((row): row is readonly [string, string] => row[1] !== undefined && row[1] !== '');
  const width = Math.max(0, ...shown.map(([name]) => name.length));
  return shown.map(([name, value]) => `${name.padEnd(width)}  ${plainText(value)}`).join('\n');
}

/** Rows of cells under each other, headings first. An empty cell is a dash. */
export function alignedTable(rows: readonly (readonly (string | undefined)[])[]): string {
  const shown = rows.map((row) => row.map((cell) => (cell === undefined || cell === '' ? '-' : plainText(cell))));
  const columns = Math.max(0, ...shown.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...shown.map((row) => row[column]?.length ?? 0)),
  );
  return shown
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** An argument as a shell has to be given it. */
export function shellArgument(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
