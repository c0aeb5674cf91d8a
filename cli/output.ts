export type Env = Readonly<Record<string, string | undefined>>;

/** Data: what a pipe gets. */
export function print(text: string): void {
  process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
}

/** Everything that is for people. */
export function note(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** One JSON value, one line. */
export function printJson(value: unknown): void {
  print(JSON.stringify(value));
}

/** Columns as wide as their widest cell. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, at) => (widths[at] = Math.max(widths[at] ?? 0, cell.length)));
  return rows
    .map((row) =>
      row
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
