import type { Context } from 'hono';
import { Frame } from '../frame.tsx';
import { TOKENIZERS, type Tokenizer } from './text/tokenizers.ts';

/** The page that people see: a text, a button, a bar and a table. Its script does the rest. */
export function page(c: Context): Response | Promise<Response> {
  return c.html(
    <Frame app="word-count" title="Word count">
      <Question />
      <Answer />
    </Frame>,
  );
}

const MEANS: Readonly<Record<Tokenizer, string>> = {
  T1: 'as written, between white space',
  T2: 'letters a to z only, lower case',
  T3: 'letters and digits, lower case',
};

const Question = () => (
  <section aria-labelledby="text-title">
    <h2 id="text-title">Count the words of …</h2>
    <form id="count">
      <fieldset>
        <legend class="hidden">What is counted</legend>
        <label>
          <input type="radio" name="source" value="text" checked /> this text
        </label>
        <label>
          <input type="radio" name="source" value="corpus" /> all texts in the bucket <code>corpus</code>
        </label>
      </fieldset>
      <label class="hidden" for="text">
        Text
      </label>
      <textarea id="text" name="text" rows={10} spellcheck={false} placeholder="Type or paste a text, up to 1 MiB." />
      <label for="tokenizer">A word is …</label>
      <select id="tokenizer" name="tokenizer">
        {TOKENIZERS.map((tokenizer) => (
          <option value={tokenizer} selected={tokenizer === 'T2'}>
            {MEANS[tokenizer]}
          </option>
        ))}
      </select>
      <div class="buttons">
        <button type="submit">Count</button>
        <button type="button" id="sample" class="second">
          Use a sample
        </button>
      </div>
    </form>
    <noscript>
      <p>This page needs its script. The same is to be had from a shell: POST a text to /word-count/texts.</p>
    </noscript>
  </section>
);

const Answer = () => (
  <section aria-labelledby="answer-title">
    <h2 id="answer-title">The most frequent words</h2>
    <progress id="bar" max={1} value={0} aria-label="Progress of the count" />
    <output id="status" for="text tokenizer" aria-live="polite">
      Nothing counted yet.
    </output>
    <table>
      <caption class="hidden">Words and how often they occur</caption>
      <thead>
        <tr>
          <th scope="col">Word</th>
          <th scope="col">Count</th>
        </tr>
      </thead>
      <tbody id="words">
        {Array.from({ length: 20 }, () => (
          <tr>
            <th scope="row">–</th>
            <td>–</td>
          </tr>
        ))}
      </tbody>
    </table>
    <p class="whole">
      <a id="whole" href="#words" class="off">
        The whole result
      </a>
    </p>
  </section>
);
