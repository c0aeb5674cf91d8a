/**
 * Lets those who work on the same thing in one process do so one after the other, and others at the same time. It promises nothing
 * between processes; it keeps those of one from disturbing each other again and again.
 */
export function turns(): <T>(things: readonly string[], work: () => Promise<T>) => Promise<T> {
  const last = new Map<string, Promise<unknown>>();
  return (things, work) => {
    // Who comes later waits for who came earlier, whatever else they have: nobody waits in a circle.
    const mine = Promise.all(things.map((thing) => last.get(thing))).then(work);
    const over = mine.then(
      () => undefined,
      () => undefined,
    );
    for (const thing of things) last.set(thing, over);
    void over.then(() => {
      for (const thing of things) if (last.get(thing) === over) last.delete(thing);
    });
    return mine;
  };
}
