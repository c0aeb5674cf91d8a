/** Where progress is shown; a part of `process.stderr`. */
export interface Screen {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

export interface Progress {
  show(done: number, total: number): void;
  /** Leaves the screen ready for other lines. */
  end(): void;
}

const WIDTH = 30;

/** A bar that redraws itself on a terminal; elsewhere a line for each change. */
export function showProgress(label: string, unit: string, screen: Screen = process.stderr): Progress {
  let last = '';
  return {
    show(done, total) {
      const share = total === 0 ? 0 : Math.min(done / total, 1);
      const full = Math.round(share * WIDTH);
      const count = `${done}/${total} ${unit}`;
      const text = screen.isTTY ? `[${'#'.repeat(full)}${'-'.repeat(WIDTH - full)}] ${count}` : count;
      if (text === last) return;
      screen.write(screen.isTTY ? `\r\u001b[K${label} ${text}` : `${label} ${text}\n`);
      last = text;
    },
    end() {
      if (screen.isTTY && last !== '') screen.write('\n');
      last = '';
    },
  };
}
