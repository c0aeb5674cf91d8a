/** The page's script: starts a run, follows its status and shows what it found. */
export const script = `const form = document.getElementById('count');
const { source, text, tokenizer } = form.elements;
const submit = form.querySelector('[type=submit]');
const bar = document.getElementById('bar');
const status = document.getElementById('status');
const whole = document.getElementById('whole');
const rows = [...document.getElementById('words').rows];
const number = new Intl.NumberFormat('en');

// A count that is asked for while the sample is on its way waits for it.
let sample;

const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

function say(words, alarm = false) {
  status.textContent = words;
  status.classList.toggle('alarm', alarm);
}

function tell(error) {
  say(error instanceof TypeError ? 'The server cannot be reached.' : error.message, true);
}

function show(top) {
  rows.forEach((row, i) => {
    const [word, count] = top[i] ?? ['–', '–'];
    row.cells[0].textContent = word;
    row.cells[1].textContent = typeof count === 'number' ? number.format(count) : count;
  });
}

function link(url) {
  whole.href = url ?? '#words';
  whole.classList.toggle('off', url === undefined);
}

async function json(request) {
  const response = await request;
  const body = await response.json().catch(() => ({}));
  if (response.ok) return body;
  throw new Error(body.detail ?? 'The server answered ' + response.status + '.');
}

// A status URL names the host as the server sees it; the page asks the host that it came from.
function own(url) {
  const { pathname, search } = new URL(url, location.href);
  return pathname + search;
}

function start() {
  const query = '?tokenizer=' + tokenizer.value;
  if (source.value === 'corpus') return json(fetch('/api/mapreduce' + query, { method: 'POST' }));
  const headers = { 'content-type': 'text/plain; charset=utf-8' };
  return json(fetch('/word-count/texts' + query, { method: 'POST', headers, body: text.value }));
}

async function follow(statusUrl) {
  for (let pause = 150; ; pause = Math.min(pause * 1.3, 2000)) {
    const run = await json(fetch(own(statusUrl)));
    const { done, total } = run.progress;
    if (run.status !== 'running') return run;
    bar.value = total > 0 ? done / total : 0;
    say(done + ' of about ' + total + ' steps done …');
    await wait(pause);
  }
}

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  submit.disabled = true;
  await sample;
  try {
    if (source.value === 'text' && text.value.trim() === '') {
      say('There is no text yet.', true);
      text.focus();
      return;
    }
    bar.value = 0;
    link();
    say('Starting …');
    status.scrollIntoView({ block: 'nearest' });
    const { statusUrl, resultUrl } = await start();
    const run = await follow(statusUrl);
    if (run.status !== 'succeeded') throw new Error(run.error?.message || 'The run was ' + run.status + '.');
    const { files, words, total, top } = run.output;
    bar.value = 1;
    show(top);
    link(own(resultUrl));
    if (files === 0) {
      say('There is no text in the bucket.');
      return;
    }
    const texts = files === 1 ? 'one text' : number.format(files) + ' texts';
    say(number.format(total) + ' words in ' + texts + ', ' + number.format(words) + ' of them different.');
  } catch (error) {
    bar.value = 0;
    tell(error);
  } finally {
    submit.disabled = false;
  }
});

async function useSample() {
  try {
    const response = await fetch('/apps/word-count/sample.txt');
    if (!response.ok) throw new Error('The server answered ' + response.status + '.');
    text.value = await response.text();
    source.value = 'text';
    form.dispatchEvent(new Event('change'));
  } catch (error) {
    tell(error);
  }
}
document.getElementById('sample').addEventListener('click', () => {
  sample = useSample();
});

const choose = () => { text.disabled = source.value === 'corpus'; };
form.addEventListener('change', choose);
choose();
`;
