/** The pages' script: votes without a page load, and bars that follow the votes. Without it, the forms do. */
export const script = `const list = document.getElementById('results');
const form = document.getElementById('vote');
const status = document.getElementById('status');
const number = new Intl.NumberFormat('en');
const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

function say(words, alarm = false) {
  status.textContent = words;
  status.classList.toggle('alarm', alarm);
}

function show({ title, state, votes, options }) {
  const ids = options.map(({ id }) => String(id)).join();
  // Other options, or other controls: the server knows how they look.
  if (ids !== [...list.children].map((row) => row.dataset.option).join()) return location.reload();
  document.querySelector('h1').textContent = title;
  document.title = title;
  list.dataset.state = state;
  form.querySelector('fieldset').disabled = state === 'closed';
  document.getElementById('total').textContent =
    (votes === 1 ? '1 vote' : number.format(votes) + ' votes') + ', ' + (state === 'open' ? 'open' : 'closed: these are final');
  options.forEach((option, index) => {
    const row = list.children[index];
    const bar = row.querySelector('progress');
    row.querySelector('.count').textContent =
      number.format(option.votes) + ' · ' + (votes === 0 ? 0 : Math.round((option.votes / votes) * 100)) + ' %';
    bar.max = Math.max(votes, 1);
    bar.value = option.votes;
  });
}

// Where nothing streams, or too many do: the browser asks with the etag that it knows.
async function ask() {
  const response = await fetch('/polls/' + list.dataset.poll, { cache: 'no-cache' }).catch(() => undefined);
  if (response?.ok) show(await response.json());
}

async function askOften() {
  for (;;) {
    await wait((list.dataset.state === 'open' ? 2000 : 10000) + Math.random() * 1000);
    if (!document.hidden) await ask();
  }
}

function follow() {
  const source = new EventSource('/polls/' + list.dataset.poll + '/live');
  source.addEventListener('results', (event) => show(JSON.parse(event.data)));
  source.addEventListener('closed', () => {
    source.close();
    askOften();
  });
  source.addEventListener('error', () => {
    if (source.readyState === EventSource.CLOSED) askOften();
  });
}

async function vote(tries = 4) {
  const body = new URLSearchParams(new FormData(form));
  const headers = { accept: 'application/json' };
  const response = await fetch(form.action, { method: 'POST', headers, body });
  if (response.ok) return;
  if ((response.status === 429 || response.status === 503) && tries > 1) {
    say('Many people are voting; yours is tried again …');
    await wait(Number(response.headers.get('retry-after') ?? 1) * 1000 * (1 + Math.random() / 2));
    return vote(tries - 1);
  }
  const { detail } = await response.json().catch(() => ({}));
  throw new Error(detail ?? 'The server answered ' + response.status + '.');
}

if (list !== null) {
  follow();
  document.getElementById('link').addEventListener('focus', (event) => event.target.select());
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const button = form.querySelector('button');
    button.disabled = true;
    say('Sending …');
    try {
      await vote();
      say('Your vote is counted. You may change it until the poll is closed.');
    } catch (error) {
      say(error instanceof TypeError ? 'The server cannot be reached.' : error.message, true);
    } finally {
      button.disabled = false;
    }
  });
}
`;
