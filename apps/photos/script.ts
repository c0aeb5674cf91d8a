/** The gallery's script: sends files by their signed requests, and tells how far each has come. */
export const script = `const form = document.getElementById('upload');
if (form !== null) listen(form);

function listen(form) {
  const AT_ONCE = 2;
  const { files: picker, title } = form.elements;
  const submit = form.querySelector('[type=submit]');
  const status = document.getElementById('status');
  const list = document.getElementById('own');
  const most = Number(form.dataset.most);
  const types = picker.accept.split(',');
  const UNREACHABLE = 'the server cannot be reached';

  const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

  function element(name, className, text = '') {
    const made = document.createElement(name);
    if (className) made.className = className;
    made.textContent = text;
    return made;
  }

  function say(words, alarm = false) {
    status.textContent = words;
    status.classList.toggle('alarm', alarm);
  }

  function link(id, words) {
    const made = element('a', '', words);
    made.href = '/apps/photos/' + id;
    return made;
  }

  async function json(path, init) {
    const response = await fetch(path, init).catch(() => {
      throw new Error(UNREACHABLE);
    });
    const body = await response.json().catch(() => ({}));
    if (response.ok) return body;
    throw new Error(body.detail ?? 'the server answered ' + response.status);
  }

  // A row of the list: what a file is called, what becomes of it, and how far that has come.
  function rowOf(name) {
    const item = element('li', 'live');
    const state = element('span', 'state');
    const bar = element('progress');
    bar.max = 1;
    bar.setAttribute('aria-label', name);
    const called = element('span', 'name', name);
    called.dir = 'auto';
    item.append(called, state, bar);
    return rowIn(item);
  }

  function rowIn(item) {
    const state = item.querySelector('.state');
    const bar = item.querySelector('progress');
    return {
      item,
      tell(words, value) {
        state.textContent = words;
        if (bar !== null && value !== undefined) bar.value = value;
      },
      end(end, ...words) {
        item.dataset.state = end;
        state.replaceChildren(...words);
        bar?.remove();
      },
    };
  }

  // The name of a file is anybody's: one line of it, without the ending.
  function titleOf(file) {
    const name = file.name.toWellFormed().replace(/\\.[^.]*$/, '').replace(/\\p{Cc}+/gu, ' ').trim();
    return (title.value.trim() || name || 'Untitled').slice(0, Number(form.dataset.title)).toWellFormed().trim();
  }

  function send(upload, file, tell) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open(upload.method, upload.url);
      for (const [name, value] of Object.entries(upload.headers)) request.setRequestHeader(name, value);
      request.upload.onprogress = ({ loaded }) => tell(loaded / file.size);
      request.onload = () =>
        request.status < 300 ? resolve() : reject(new Error('the upload was refused (' + request.status + ')'));
      request.onerror = () => reject(new Error(UNREACHABLE));
      request.send(file);
    });
  }

  async function follow(id, row) {
    for (let pause = 150; ; pause = Math.min(pause * 1.3, 3000)) {
      const { items } = await json('/apps/photos/own').catch(() => ({}));
      const photo = items?.find((one) => one.id === id);
      if (items === undefined) row.tell('The server cannot be reached; this page goes on asking …');
      else if (photo === undefined) return row.end('deleted', 'Deleted');
      else if (photo.state === 'published') return row.end('published', link(id, 'Published'));
      else if (photo.state === 'refused') return row.end('refused', 'Refused: ' + photo.reason);
      else if (photo.progress === undefined) row.tell('Waiting to be checked …');
      else row.tell('Checking …', photo.progress.done / photo.progress.total);
      await wait(pause);
    }
  }

  async function share({ file, name, row }) {
    try {
      if (!types.includes(file.type)) throw new Error('this is no ' + form.dataset.names);
      if (file.size > most) throw new Error('this file is too large: at most ' + most / 1048576 + ' MB');
      if (file.size === 0) throw new Error('this file is empty');
      row.tell('Uploading …', 0);
      const headers = { 'content-type': 'application/json' };
      const body = JSON.stringify({ title: name, type: file.type, bytes: file.size });
      const { id, upload } = await json('/apps/photos/uploads', { method: 'POST', headers, body });
      row.item.dataset.id = id;
      await send(upload, file, (part) => row.tell('Uploading: ' + Math.round(part * 100) + ' %', part));
      row.tell('Waiting to be checked …', 0);
      await follow(id, row);
    } catch (error) {
      row.end('refused', 'Refused: ' + error.message);
    }
    return row.item.dataset.state === 'published';
  }

  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const files = [...picker.files];
    if (files.length === 0) return say('Choose a picture first.', true);
    submit.disabled = true;
    say('Working on ' + (files.length === 1 ? 'one picture' : files.length + ' pictures') + ' …');
    // All rows at once, while whoever chose the files expects something to move.
    const jobs = files.map((file) => {
      const name = titleOf(file);
      return { file, name, row: rowOf(name) };
    });
    list.prepend(...jobs.map(({ row }) => row.item));
    list.scrollTop = 0;
    for (const { row } of jobs) row.tell('Next …', 0);
    let published = 0;
    const rest = jobs.toReversed();
    const lane = async () => {
      for (let job = rest.pop(); job !== undefined; job = rest.pop()) if (await share(job)) published++;
    };
    await Promise.all(Array.from({ length: AT_ONCE }, lane));
    const refused = files.length - published;
    const first = jobs.find(({ row }) => row.item.dataset.state === 'refused');
    if (first) list.scrollTop = first.row.item.offsetTop - list.offsetTop;
    say(refused === 0 ? '' : refused + ' refused, see below. ', refused > 0);
    if (published > 0) {
      const show = element('a', '', 'See the gallery');
      show.href = '/apps/photos/gallery';
      status.append(published + ' published. ', show);
      // That there are none was true when the page was made.
      document.getElementById('no-pictures')?.remove();
    }
    form.reset();
    submit.disabled = false;
  });

  // What was under way when the page was loaded.
  for (const item of list.querySelectorAll('[data-state=checking]')) follow(item.dataset.id, rowIn(item));
}
`;
