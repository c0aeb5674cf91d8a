import { Frame } from '../frame.tsx';
import { TITLE } from './asked.ts';
import type { Told } from './desk.ts';
import { type ImageCapabilities, namesOf } from './images.ts';
import type { Shown } from './resources.ts';

/** Pictures that are seen without scrolling: waiting for the browser to find that out would only be slower. */
const EAGER = 6;

interface GalleryProps {
  readonly items: readonly ({ readonly id: string } & Shown)[];
  readonly next: string | undefined;
  readonly own: readonly Told[];
  /** Who asks. */
  readonly owner: string;
  /** The newest pictures. */
  readonly first: boolean;
  readonly capabilities: ImageCapabilities;
}

export const GalleryPage = ({ items, next, own, owner, first, capabilities }: GalleryProps) => (
  <Frame app="photos" title="Photos">
    {first && <Upload own={own} capabilities={capabilities} />}
    <section aria-labelledby="gallery-title">
      <h2 id="gallery-title">{first ? 'Gallery' : 'Older pictures'}</h2>
      {items.length === 0 ? (
        <p class="quiet" id="no-pictures">
          {first ? 'No pictures yet. Yours could be the first.' : 'There are no older pictures.'}
        </p>
      ) : (
        <ul id="gallery">
          {items.map(({ id, title, variants: { thumbnail }, owner: by }, index) => (
            <li>
              <a href={`/apps/photos/${id}`}>
                <img
                  src={`/photos/${id}/thumbnail`}
                  width={thumbnail.width}
                  height={thumbnail.height}
                  loading={index < EAGER ? 'eager' : 'lazy'}
                  decoding="async"
                  alt=""
                />
                <span class="name" dir="auto">
                  {title}
                </span>
              </a>
              {by === owner && <span class="mine">yours</span>}
            </li>
          ))}
        </ul>
      )}
      <nav aria-label="Pages" class="pages">
        {!first && <a href="/apps/photos/gallery">The newest</a>}
        {next !== undefined && (
          <a href={`/apps/photos/gallery?${new URLSearchParams({ cursor: next })}`} rel="next">
            Older pictures
          </a>
        )}
      </nav>
    </section>
  </Frame>
);

const Upload = ({ own, capabilities: { reads, bytes } }: Pick<GalleryProps, 'own' | 'capabilities'>) => (
  <section aria-labelledby="upload-title">
    <h2 id="upload-title">Share pictures</h2>
    <p class="quiet" id="upload-help">
      {namesOf(reads)}, up to {bytes / 1_048_576} MB each. Everybody will see them; where and when they were taken is
      removed.
    </p>
    <noscript>
      <p class="alarm">Uploading needs JavaScript: the browser sends the file straight to where files are kept.</p>
    </noscript>
    <form id="upload" data-most={bytes} data-names={namesOf(reads)} data-title={TITLE}>
      <label>
        Pictures
        <input
          type="file"
          name="files"
          accept={reads.join(',')}
          multiple
          required
          aria-describedby="upload-help status"
        />
      </label>
      <label>
        <span>
          <b>Title</b> <span class="quiet">(else the name of the file)</span>
        </span>
        <input type="text" name="title" maxlength={TITLE} autocomplete="off" dir="auto" />
      </label>
      <button type="submit">Upload</button>
    </form>
    <output id="status" aria-live="polite" />
    <h3 id="own-title">Your uploads</h3>
    <ul id="own" aria-labelledby="own-title" tabindex={0}>
      {own.map((photo) => (
        <Own photo={photo} />
      ))}
    </ul>
  </section>
);

const Own = ({ photo: { id, title, state, reason } }: { photo: Told }) => (
  <li data-id={id} data-state={state}>
    <span class="name" dir="auto">
      {title}
    </span>
    <span class="state">
      {state === 'published' ? <a href={`/apps/photos/${id}`}>Published</a> : WORDS[state]}
      {reason === undefined ? '' : `: ${reason}`}
    </span>
    {(state === 'refused' || state === 'waiting') && (
      <form method="post" action={`/apps/photos/${id}/delete`}>
        <button type="submit" class="plain" aria-label={`Dismiss ${title}`}>
          Dismiss
        </button>
      </form>
    )}
  </li>
);

const WORDS = { waiting: 'Waiting for its file', checking: 'Checking …', refused: 'Refused' } as const;

interface PhotoProps {
  readonly id: string;
  readonly photo: Shown;
  readonly mine: boolean;
}

export const PhotoPage = ({ id, photo: { title, createdAt, variants }, mine }: PhotoProps) => (
  <Frame app="photos" title={title} back={{ href: '/apps/photos/gallery', text: 'All photos' }}>
    <figure>
      <picture>
        <source
          type={variants.webp.type}
          srcset={`/photos/${id}/webp`}
          width={variants.webp.width}
          height={variants.webp.height}
        />
        <img src={`/photos/${id}/medium`} width={variants.medium.width} height={variants.medium.height} alt={title} />
      </picture>
      <figcaption class="quiet">
        Shared on <time datetime={createdAt}>{createdAt.slice(0, 10)}</time>
      </figcaption>
    </figure>
    {mine && (
      <section aria-labelledby="mine-title">
        <h2 id="mine-title">This one is yours</h2>
        <details>
          <summary>Delete it</summary>
          <form method="post" action={`/apps/photos/${id}/delete`}>
            <p>It is gone for good, for everybody.</p>
            <button type="submit" class="danger">
              Delete this picture
            </button>
          </form>
        </details>
      </section>
    )}
  </Frame>
);

export const NoPhotoPage = () => (
  <Frame app="photos" title="No such photo">
    <section>
      <p>There is no picture here, or it was deleted.</p>
      <p>
        <a href="/apps/photos/gallery">All photos</a>
      </p>
    </section>
  </Frame>
);
