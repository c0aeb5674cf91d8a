import type { Child } from 'hono/jsx';
import { Frame } from '../frame.tsx';
import type { Shown } from './results.ts';

/** What the page has to tell: a refusal, and the field that it is about. */
export interface Said {
  readonly text: string;
  readonly field: string | undefined;
  /** What was typed into the question's form, where that is what was refused. */
  readonly asked?: Asked | undefined;
}

/** What was typed, to be mended. */
export interface Asked {
  readonly title: string;
  /** @default those that the poll has */
  readonly options?: string | undefined;
}

const Status = ({ said }: { said: Said | undefined }) => (
  <output id="status" aria-live="polite" class={said === undefined ? '' : 'alarm'}>
    {said?.text ?? ''}
  </output>
);

interface QuestionProps {
  readonly title: string;
  readonly options: string;
  readonly said: Said | undefined;
  /** Somebody has voted. */
  readonly fixed?: boolean;
}

const Question = ({ title, options, said, fixed = false }: QuestionProps) => (
  <>
    <label>
      Question
      <input
        name="title"
        value={title}
        maxlength={200}
        required
        autocomplete="off"
        dir="auto"
        {...refusedField(said, 'title')}
      />
    </label>
    <label>
      Options, one on each line
      <textarea
        name="options"
        rows={6}
        maxlength={2_100}
        required
        disabled={fixed}
        spellcheck={false}
        dir="auto"
        {...refusedField(said, 'options')}
      >
        {options}
      </textarea>
    </label>
  </>
);

/** The field that was refused is where whoever sent it goes on. */
function refusedField(said: Said | undefined, field: string) {
  return said?.field === field
    ? { 'aria-invalid': 'true' as const, 'aria-describedby': REFUSAL, autofocus: true }
    : { 'aria-invalid': 'false' as const };
}

const REFUSAL = 'refusal';

const Refusal = ({ said }: { said: Said }) => (
  <p id={REFUSAL} class="alarm" role="alert">
    {said.text}
  </p>
);

export const CreatePage = ({ said }: { said?: Said }) => (
  <Frame app="poll" title="Live poll">
    <section aria-labelledby="new-title">
      <h2 id="new-title">Ask something</h2>
      <p class="quiet">Two to twenty options. You get a link to share, and everybody sees the answers come in.</p>
      <form method="post" action="/apps/poll">
        <Question title={said?.asked?.title ?? ''} options={said?.asked?.options ?? ''} said={said} />
        {said && <Refusal said={said} />}
        <button type="submit">Create the poll</button>
      </form>
    </section>
  </Frame>
);

export const NoPollPage = () => (
  <Frame app="poll" title="No such poll">
    <section>
      <p>There is no poll here, or it was deleted.</p>
      <p>
        <a href="/apps/poll">Create one</a>
      </p>
    </section>
  </Frame>
);

interface PollProps {
  readonly shown: Shown;
  readonly choice: number | undefined;
  readonly owner: boolean;
  readonly url: string;
  readonly said: Said | undefined;
}

export const PollPage = ({ shown, choice, owner, url, said }: PollProps) => {
  const edited = owner && said?.asked !== undefined ? said : undefined;
  const voted = edited === undefined ? said : undefined;
  return (
    <Frame app="poll" title={shown.title}>
      <section aria-labelledby="vote-title">
        <h2 id="vote-title">Your vote</h2>
        <form id="vote" method="post" action={`/apps/poll/${shown.id}/vote`}>
          <fieldset disabled={shown.state === 'closed'}>
            <legend class="hidden">{shown.title}</legend>
            {shown.options.map(({ id, text }) => (
              <label class="option">
                <input type="radio" name="option" value={String(id)} required checked={id === choice} />
                <span dir="auto">{text}</span>
              </label>
            ))}
            <button type="submit">Vote</button>
          </fieldset>
        </form>
        {voted === undefined && choice !== undefined ? <Counted shown={shown} /> : <Status said={voted} />}
      </section>
      <Bars shown={shown} />
      <section aria-labelledby="share-title">
        <h2 id="share-title">Share</h2>
        <label>
          Link to this poll
          <input id="link" readonly value={url} />
        </label>
      </section>
      {owner && <Controls shown={shown} said={edited} />}
    </Frame>
  );
};

const Counted = ({ shown }: { shown: Shown }) => (
  <output id="status" aria-live="polite">
    {shown.state === 'open'
      ? 'Your vote is counted. You may change it until the poll is closed.'
      : 'Your vote is counted.'}
  </output>
);

const Bars = ({ shown: { id, state, votes, options } }: { shown: Shown }) => (
  <section aria-labelledby="results-title">
    <h2 id="results-title">Results</h2>
    <p class="quiet" id="total">
      {votesText(votes)}, {state === 'open' ? 'open' : 'closed: these are final'}
    </p>
    <ul id="results" data-poll={id} data-state={state}>
      {options.map((option) => (
        <li data-option={String(option.id)}>
          <span class="name" dir="auto" id={`name-${option.id}`}>
            {option.text}
          </span>
          <span class="count">{countText(option.votes, votes)}</span>
          <progress max={Math.max(votes, 1)} value={option.votes} aria-labelledby={`name-${option.id}`} />
        </li>
      ))}
    </ul>
    <p class="quiet">
      At most a second or two behind.
      <noscript> Load the page again to see what is new.</noscript>
    </p>
  </section>
);

function votesText(votes: number): string {
  return votes === 1 ? '1 vote' : `${votes.toLocaleString('en')} votes`;
}

function countText(votes: number, all: number): string {
  return `${votes.toLocaleString('en')} · ${all === 0 ? 0 : Math.round((votes / all) * 100)} %`;
}

const Manage = ({ id, children, name }: { id: string; children: Child; name?: string }) => (
  <form method="post" action={`/apps/poll/${id}/manage`} id={name}>
    {children}
  </form>
);

const Controls = ({ shown: { id, state, title, votes, options }, said }: { shown: Shown; said: Said | undefined }) => (
  <section aria-labelledby="owner-title">
    <h2 id="owner-title">Your poll</h2>
    <p class="quiet">This browser created it; nobody else sees this part.</p>
    <Manage id={id} name="turn">
      <button type="submit" name="act" value={state === 'open' ? 'close' : 'open'}>
        {state === 'open' ? 'Close the poll' : 'Open it again'}
      </button>
    </Manage>
    <details open={said !== undefined}>
      <summary>Edit</summary>
      <Manage id={id} name="edit">
        <Question
          title={said?.asked?.title ?? title}
          options={said?.asked?.options ?? options.map(({ text }) => text).join('\n')}
          said={said}
          fixed={votes > 0}
        />
        {said && <Refusal said={said} />}
        {votes > 0 && <p class="quiet">Somebody has voted: the options stay as they are.</p>}
        <button type="submit" name="act" value="edit">
          Save
        </button>
      </Manage>
    </details>
    <details>
      <summary>Delete</summary>
      <Manage id={id} name="delete">
        <p>The poll and all its votes are gone for good.</p>
        <button type="submit" name="act" value="delete" class="danger">
          Delete it
        </button>
      </Manage>
    </details>
  </section>
);
