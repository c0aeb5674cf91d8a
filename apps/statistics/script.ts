/** The page's script: sends the numbers, asks for the answer until it is there, and shows it. */
export const script = `const form = document.getElementById('ask');
if (form !== null) listen(form);

function listen(form) {
  const { numbers } = form.elements;
  const submit = form.querySelector('[type=submit]');
  const status = document.getElementById('status');
  const table = document.getElementById('answer');

  const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

  function say(words, alarm = false) {
    status.textContent = words;
    status.classList.toggle('alarm', alarm);
  }

  function show(answer) {
    for (const cell of table.querySelectorAll('td')) cell.textContent = answer?.[cell.dataset.name] ?? '–';
  }

  async function json(request) {
    const response = await request;
    const body = await response.json().catch(() => ({}));
    if (response.ok) return body;
    const error = new Error(body.detail ?? 'The server answered ' + response.status + '.');
    throw Object.assign(error, { field: body.field });
  }

  const items = () => [...numbers.value.matchAll(/[^\\s,;[\\]]+/g)];

  function ask() {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ numbers: items().map(([item]) => item) });
    return json(fetch('/statistics', { method: 'POST', headers, body }));
  }

  async function follow(id) {
    for (let pause = 100, asked = 0; ; pause = Math.min(pause * 1.3, 3000), asked++) {
      const answer = await json(fetch('/statistics/' + id)).catch((error) => {
        if (error instanceof TypeError) return undefined;
        throw error;
      });
      if (answer?.status === 'done') return answer;
      if (answer === undefined) say('The server cannot be reached; this page goes on asking …', true);
      else say(asked < 20 ? 'The numbers are in the queue …' : 'This takes longer than it should. The numbers are not lost; this page goes on asking …');
      await wait(pause);
    }
  }

  // Shows which of the numbers is meant, too.
  function refuse({ message, field = '' }) {
    const index = /^numbers\\.(\\d+)$/.exec(field)?.[1];
    const item = index === undefined ? undefined : items()[Number(index)];
    numbers.setAttribute('aria-invalid', String(field !== ''));
    const words = message.replace(/^numbers(\\.\\d+)?: /, '');
    say((item ? 'Number ' + (Number(index) + 1) + ': ' : field.startsWith('numbers') ? 'The list: ' : '') + words, true);
    if (field === '') return;
    numbers.focus();
    if (item) numbers.setSelectionRange(item.index, item.index + item[0].length);
  }

  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    submit.disabled = true;
    numbers.setAttribute('aria-invalid', 'false');
    show();
    say('Sending …');
    try {
      const { id } = await ask();
      const answer = await follow(id);
      show(answer);
      const count = answer.count === 1 ? 'One number.' : answer.count + ' numbers.';
      say(answer.rounded ? count + ' The mean is rounded to ' + table.dataset.decimals + ' decimals.' : count);
    } catch (error) {
      refuse(error instanceof TypeError ? { message: 'The server cannot be reached.' } : error);
    } finally {
      submit.disabled = false;
    }
  });
}
`;
