import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { App } from '../../core/index.ts';
import { open, virtualClock } from '../../handlers/local/dev.ts';
import type { Room } from '../conformance/semantics/room.ts';
import { semanticsSuite } from '../conformance/semantics/semantics-suite.ts';

/** What `reopen` needs: the folder, and how to leave it without clearing it away. */
const places = new WeakMap<Room, { readonly data: string; leave(): Promise<void> }>();

async function openAt(data: string, app: App): Promise<Room> {
  const clock = virtualClock();
  const local = await open(app, { data, clock });
  const room: Room = {
    ...local,
    now: () => clock.now() / 1000,
    async close() {
      await local.close();
      await rm(data, { recursive: true, force: true });
    },
  };
  places.set(room, { data, leave: () => local.close() });
  return room;
}

semanticsSuite({
  name: 'the local room',
  open: (app) => openAt(mkdtempSync(join(tmpdir(), 'skein-semantics-')), app),
  async reopen(room, app) {
    const place = places.get(room);
    if (place === undefined) throw new Error('not a room of this suite');
    await place.leave();
    return openAt(place.data, app);
  },
  clock: true,
  deviations: [],
});
