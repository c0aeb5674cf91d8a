import { expect } from 'vitest';
import { expectRefused, statusOf, use } from './bucket-signed.ts';
import { found, type Laws, patterned, refused } from './bucket-support.ts';

/** What holds where the room declares `sizedUploads`. */
export const sizedLaws: Laws = {
  'an upload is for one size': async (bucket, _other, send) => {
    for (const size of [0, 1, 1000]) {
      const upload = await bucket.uploadUrl(`sized/${size}`, { contentType: 'image/png', bytes: size });
      for (const other of [size - 1, size + 1, size * 2 + 1]) {
        if (other < 0) continue;
        await expectRefused(use(send, upload, patterned(other)));
        expect(await bucket.head(`sized/${size}`)).toBeUndefined();
      }
      expect(await statusOf(use(send, upload, patterned(size)))).toBeLessThan(300);
      expect((await found(bucket, `sized/${size}`)).size).toBe(size);
    }
  },
  'the size of an upload URL cannot be altered': async (bucket, _other, send) => {
    const upload = await bucket.uploadUrl('a', { bytes: 4 });
    const [path, query] = upload.url.split('?');
    for (const [name, value] of new URLSearchParams(query))
      if (value.includes('4'))
        for (const changed of [value.replace('4', '5'), undefined]) {
          const altered = new URLSearchParams(query);
          if (changed === undefined) altered.delete(name);
          else altered.set(name, changed);
          await expectRefused(use(send, { ...upload, url: `${path}?${altered}` }, patterned(5)));
        }
    const free = await bucket.uploadUrl('b');
    expect(await statusOf(use(send, free, patterned(5)))).toBeLessThan(300);
    await expectRefused(use(send, { ...free, url: `${free.url}&bytes=5` }, patterned(5)));
    expect(await bucket.head('a')).toBeUndefined();
  },
  'a size that is none is refused': async (bucket) => {
    for (const bytes of [-1, 1.5, Number.NaN, 2 ** 53, '4' as unknown as number])
      await expect(bucket.uploadUrl('a', { bytes })).rejects.toMatchObject(refused('bytes'));
  },
};

/** What holds where it does not. */
export const unsizedLaws: Laws = {
  'an upload URL for so many bytes is refused': async (bucket) => {
    await expect(bucket.uploadUrl('a', { bytes: 4 })).rejects.toMatchObject({ name: 'Unsupported' });
  },
};
