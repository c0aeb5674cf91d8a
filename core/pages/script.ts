/** The script of the pages that change: it asks whether something changed, and brings what did up to date in its place. */
export const script = `const { watch, page } = document.getElementById('live').dataset;
const FIRST = 1000;
const LAST = 15000;

const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

// A page that nobody sees asks for nothing.
async function seen() {
  while (document.hidden)
    await new Promise((resolve) => document.addEventListener('visibilitychange', resolve, { once: true }));
}

async function get(url, accept) {
  const response = await fetch(url, { cache: 'no-store', headers: { accept } });
  if (response.status === 401 || response.redirected) {
    location.reload();
    return new Promise(() => {});
  }
  if (!response.ok) throw new Error(String(response.status));
  return response.text();
}

// Changes only what differs, so that the focus, what is open and what is scrolled stay as they are.
function become(old, now) {
  if (old.isEqualNode(now)) return;
  if (old.nodeType !== Node.ELEMENT_NODE) {
    old.nodeValue = now.nodeValue;
    return;
  }
  for (const { name, value } of now.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  for (const { name } of [...old.attributes]) if (name !== 'open' && !now.hasAttribute(name)) old.removeAttribute(name);
  const named = new Map([...old.children].filter((child) => child.id).map((child) => [child.id, child]));
  let next = old.firstChild;
  for (const wanted of [...now.childNodes]) {
    const alike = next?.nodeName === wanted.nodeName && !next.id && !wanted.id ? next : undefined;
    const known = wanted.id ? named.get(wanted.id) : alike;
    if (known === undefined) {
      old.insertBefore(document.importNode(wanted, true), next);
      continue;
    }
    if (known === next) next = next.nextSibling;
    else old.insertBefore(known, next);
    become(known, wanted);
  }
  while (next !== null) {
    const rest = next.nextSibling;
    next.remove();
    next = rest;
  }
}

function tellNews(fresh) {
  const news = document.getElementById('news');
  if (news === null || news.dataset.counted === '') return;
  const { counted, href } = news.dataset;
  const more = [...fresh.querySelectorAll('#runs > [data-live]')].filter(
    (run) => document.getElementById(run.id) === null && (counted === '*' || run.dataset.status === counted),
  ).length;
  if (more === 0) return;
  const link = document.createElement('a');
  link.href = href;
  link.textContent = more === 1 ? 'Show one new run' : 'Show ' + more + ' new runs';
  if (news.textContent !== link.textContent) news.replaceChildren(link);
}

async function renew() {
  const fresh = new DOMParser().parseFromString(await get(page, 'text/html'), 'text/html');
  for (const old of document.querySelectorAll('[data-live]')) {
    const now = fresh.getElementById(old.id);
    if (now !== null) become(old, now);
  }
  tellNews(fresh);
}

function end() {
  const actions = document.querySelector('#actions fieldset');
  if (actions === null) return;
  document.getElementById('actions-over').textContent = 'The run is over: nothing can be sent any more.';
  actions.disabled = true;
}

let before;
// A step's start shows later than what led to it: after a change the page is renewed twice.
let renewals = 0;
for (let pause = FIRST; ; ) {
  await wait(pause);
  await seen();
  try {
    const began = performance.now();
    const text = await get(watch, 'application/json');
    if (text !== before) renewals = 2;
    if (renewals > 0) {
      await renew();
      renewals--;
      before = text;
      // A large page is asked for more seldom.
      pause = Math.max(FIRST, 5 * (performance.now() - began));
    } else pause = Math.min(pause * 1.5, LAST);
    const { status } = JSON.parse(text);
    if (status !== undefined && status !== 'running') {
      end();
      break;
    }
  } catch {
    pause = Math.min(pause * 2, LAST);
  }
}
`;
