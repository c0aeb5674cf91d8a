/** The page's script: the same two forms without a page load. Without it, the server renders their answers. */
export const script = `const number = new Intl.NumberFormat('en', { useGrouping: true });

// The request's names of the two bounds, and the form's.
const inputs = { 'variables.x.0': 'from', 'variables.x.1': 'to' };

function say(form, text, field) {
  const output = form.parentElement.querySelector('output');
  output.textContent = text;
  output.classList.toggle('alarm', field !== undefined);
  for (const input of form.elements) if (input.name) input.setAttribute('aria-invalid', String(input.name === field));
}

async function ask(form, request, show) {
  const button = form.querySelector('button');
  button.disabled = true;
  say(form, 'Computing …');
  try {
    const response = await request();
    const body = await response.json();
    if (response.ok) show(body);
    else say(form, body.detail ?? 'The server refused that.', inputs[body.field] ?? body.field ?? '');
  } catch {
    say(form, 'The server cannot be reached.', '');
  } finally {
    button.disabled = false;
  }
}

function values(form) {
  return Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, value.trim()]));
}

const lab = document.getElementById('lab');
lab.addEventListener('submit', (event) => {
  event.preventDefault();
  const query = new URLSearchParams(values(lab));
  ask(lab, () => fetch('/api/integrate?' + query), ({ lower, upper, rule, results }) => {
    const cells = document.querySelectorAll('#sums td');
    results.forEach(({ n, value }, i) => { cells[i].textContent = String(value); });
    say(lab, 'From ' + lower + ' to ' + upper + ', rule: ' + rule + '.');
  });
});

const own = document.getElementById('own');
const bound = (text) => (text === 'inf' || text === '-inf' || text === '' || Number.isNaN(Number(text)) ? text : Number(text));
own.addEventListener('submit', (event) => {
  event.preventDefault();
  const { f, from, to } = values(own);
  const body = JSON.stringify({ f, variables: { x: [bound(from), bound(to)] } });
  const post = () => fetch('/integrals', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  ask(own, post, ({ value, error, evaluations, converged }) => {
    const cells = document.querySelectorAll('#answer dd');
    const texts = [value ?? 'not defined', error ?? 'unknown', number.format(evaluations), converged ? 'yes' : 'no'];
    texts.forEach((text, i) => { cells[i].textContent = String(text); });
    say(own, converged ? 'Done.' : 'The tolerance was not met: take the value with care.');
  });
});
`;
