/** The script of the dead letters' page: lists them and puts them back, by the room's own routes and the cookie of a login. */
export const deadScript = `const LOGIN = '/?next=' + encodeURIComponent('/apps/statistics/dead');

async function json(path, init) {
  const response = await fetch(path, init);
  const body = await response.json().catch(() => ({}));
  if (response.ok) return body;
  throw Object.assign(new Error(body.detail ?? 'The server answered ' + response.status + '.'), { status: response.status });
}

function element(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

const counted = (n) => (n === 1 ? 'One dead letter' : n + ' dead letters');

function letter({ id, key, message, attempts, sentAt, error }) {
  const item = document.createElement('li');
  const why = error === undefined ? 'Received too often without an answer' : error.name + ': ' + error.message;
  const when = new Date(sentAt).toLocaleString();
  const text = JSON.stringify(message);
  const told = element('code', text.length > 300 ? text.slice(0, 300) + ' …' : text);
  const facts = element('p', 'Sent ' + when + ', tried ' + (attempts === 1 ? 'once' : attempts + ' times') + ', id ' + (key ?? id));
  facts.className = 'quiet';
  item.append(element('p', why), facts, told);
  return item;
}

function watch(section) {
  const { queue } = section.dataset;
  const output = section.querySelector('output');
  const list = section.querySelector('ul');
  const button = section.querySelector('button');
  const path = '/queues/' + queue;

  function say(words, alarm = false) {
    output.textContent = words;
    output.classList.toggle('alarm', alarm);
  }

  function tell(error) {
    say(error instanceof TypeError ? 'The server cannot be reached.' : error.message, true);
    if (error.status !== 401) return;
    const link = element('a', 'Log in');
    link.href = LOGIN;
    say('');
    output.append(link, ' with the admin key to see them.');
  }

  async function load(before = '') {
    const [{ items: queues }, { items }] = await Promise.all([json('/queues'), json(path + '/dead?max=10')]);
    const { dead } = queues.find(({ name }) => name === queue);
    list.replaceChildren(...items.map(letter));
    button.disabled = dead === 0;
    const shown = items.length < dead ? ', ' + items.length + ' of them shown.' : '.';
    say(before + (dead === 0 ? 'No dead letters.' : counted(dead) + shown));
  }

  button.addEventListener('click', async () => {
    button.disabled = true;
    try {
      const headers = { 'content-type': 'application/json' };
      const { redriven } = await json(path + '/redrive', { method: 'POST', headers, body: '{}' });
      // What fails again is dead again in a moment.
      await new Promise((resolve) => setTimeout(resolve, 500));
      await load(counted(redriven) + ' put back. Now: ');
    } catch (error) {
      button.disabled = false;
      tell(error);
    }
  });

  load().catch(tell);
}

for (const section of document.querySelectorAll('[data-queue]')) watch(section);
`;
