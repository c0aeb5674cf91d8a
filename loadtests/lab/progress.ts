import { openSync, readSync } from 'node:fs';
import type { RequestRecord } from './record.ts';
import { isOk } from './summary/summarise.ts';

/** Where progress is shown; a part of `process.stderr`. */
export interface Screen {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

export interface ProgressOptions {
  readonly name: string;
  readonly seconds: number;
  /** The file to which requests are written meanwhile. */
  readonly requests: string;
  readonly screen: Screen;
}

export interface Progress {
  /** Something happened: it gets a line of its own. */
  say(text: string): void;
  sizeFrom(size: () => number): void;
  /** @param how such as `done` */
  end(how: string): void;
}

/** Seconds between two lines where the screen is no terminal. */
const PLAIN = 10;
const WIDTH = 24;

/** One line a target: redrawn each second on a terminal, and written now and then to a log. */
export function showProgress({ name, seconds, requests, screen }: ProgressOptions): Progress {
  const file = openSync(requests, 'r');
  const chunk = Buffer.alloc(1 << 20);
  let rest = '';
  let zero: number | undefined;
  let size: (() => number) | undefined;
  let right = 0;
  let failed = 0;
  let shown = '';
  let lastPlain = -PLAIN;
  const recent: RequestRecord[] = [];

  const read = (): void => {
    for (let n = readSync(file, chunk); n > 0; n = readSync(file, chunk)) rest += chunk.toString('utf8', 0, n);
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const one = JSON.parse(line) as RequestRecord;
      zero = Math.min(zero ?? one.at, one.at);
      if (isOk(one)) right++;
      else failed++;
      recent.push(one);
    }
  };
  const clear = (): void => {
    if (screen.isTTY && shown !== '') screen.write('\r\u001b[K');
    shown = '';
  };
  const draw = (): void => {
    read();
    const now = Date.now();
    const at = zero === undefined ? undefined : Math.min(seconds, (now - zero) / 1000);
    while (recent[0] !== undefined && recent[0].at + recent[0].ms < now - 2000) recent.shift();
    const good = recent.filter(isOk).length;
    const rates = `${(good / 2).toFixed(0)}/s right, ${((recent.length - good) / 2).toFixed(0)}/s failed`;
    const there = size === undefined ? '' : `, ${size()} ready`;
    const text = at === undefined ? 'the generator starts' : `${rates}${there}`;
    if (screen.isTTY) {
      const full = Math.round(((at ?? 0) / seconds) * WIDTH);
      clear();
      shown = `${name.padEnd(16)} [${'#'.repeat(full)}${'-'.repeat(WIDTH - full)}] ${(at ?? 0).toFixed(0).padStart(3)}/${seconds} s  ${text}`;
      screen.write(shown);
    } else if (at !== undefined && at - lastPlain >= PLAIN) {
      lastPlain = at;
      screen.write(`${name}: ${at.toFixed(0)}/${seconds} s, ${text}\n`);
    }
  };
  const timer = setInterval(draw, 1000);
  return {
    say(text) {
      const at = zero === undefined ? '' : ` ${((Date.now() - zero) / 1000).toFixed(1)} s`;
      clear();
      screen.write(`${name}:${at} ${text}\n`);
    },
    sizeFrom(from) {
      size = from;
    },
    end(how) {
      clearInterval(timer);
      read();
      clear();
      screen.write(`${name}: ${how}, ${right} right, ${failed} failed\n`);
    },
  };
}
