import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, test } from 'vitest';

export interface LawSuite<Opened extends { close(): void | Promise<void> }, Law> {
  /** What the laws are of, and the room that is held to them. */
  readonly title: string;
  readonly laws: Readonly<Record<string, Law>>;
  /** What the room declares that it can do, and the laws that test each. @default neither */
  readonly capabilities?: object;
  readonly known?: Readonly<Record<string, unknown>>;
  /** Laws that the room breaks, by their titles, each with the reason. They must fail, or the deviation is out of date. */
  readonly deviations: Readonly<Record<string, string>>;
  /** Whether laws run at the same time: most of some is waiting. @default false */
  readonly concurrent?: boolean;
  run(law: Law, opener: Opener<Opened>): Promise<void>;
}

/** Opens something under a name that nobody has used before; it is closed when all laws are through. */
export type Opener<Opened> = (open: (name: string) => Opened | Promise<Opened>) => Promise<Opened>;

/** One test for each law; a law that is declared broken is expected to fail. */
export function lawSuite<Opened extends { close(): void | Promise<void> }, Law>(suite: LawSuite<Opened, Law>): void {
  const { title: room, laws, capabilities = {}, known = {}, deviations, concurrent = false, run } = suite;
  (concurrent ? describe.concurrent : describe)(room, () => {
    const opened: Opened[] = [];
    const opener: Opener<Opened> = async (open) => {
      const one = await open(`laws-${randomUUID()}`);
      opened.push(one);
      return one;
    };
    afterAll(async () => {
      for (const one of opened) await one.close();
    });

    test('the room declares what is tested', () => {
      for (const [capability, declared] of Object.entries(capabilities)) {
        expect(Object.keys(known), 'a capability that no law tests').toContain(capability);
        expect(declared, `${capability}: absent means unsupported`).toBe(true);
      }
      for (const title of Object.keys(deviations))
        expect(Object.keys(laws), 'a deviation from no law').toContain(title);
    });

    for (const [title, law] of Object.entries(laws)) {
      const reason = deviations[title];
      if (reason === undefined) test(title, () => run(law, opener));
      else test.fails(`${title} (deviation: ${reason})`, () => run(law, opener));
    }
  });
}
