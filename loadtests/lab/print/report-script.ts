/** Runs in the browser: a line through all charts where the mouse is, and what each target was at then. */
export const script = `
const { seconds, charts, cases } = JSON.parse(document.getElementById('data').textContent);
const figure = document.getElementById('figure');
const reading = document.getElementById('reading');
const svg = figure.querySelector('svg');
const off = new Set();
const rules = charts.map(({ y, height }) => {
  const rule = document.createElementNS('http://www.w3.org/2000/svg', 'line');
  for (const [key, value] of Object.entries({ y1: y, y2: y + height, stroke: '#5b6675', 'stroke-width': 1, visibility: 'hidden' }))
    rule.setAttribute(key, value);
  svg.append(rule);
  return rule;
});
let now;
const show = (second, left, top) => {
  now = Math.max(0, Math.min(seconds - 1, second));
  rules.forEach((rule, k) => {
    const x = charts[k].x + ((now + 0.5) / seconds) * charts[k].width;
    rule.setAttribute('x1', x);
    rule.setAttribute('x2', x);
    rule.setAttribute('visibility', 'visible');
  });
  const row = (cells, name) => '<tr>' + cells.map((cell, k) => (k === 0 ? '<th' : '<td') + (k === 0 && name ? ' style="color:' + name + '"' : '') + '>' + cell + (k === 0 ? '</th>' : '</td>')).join('') + '</tr>';
  reading.innerHTML = '<table>' + row([now + ' s', 'right/s', 'failed/s', 'p95', 'instances']) + cases.filter(({ name }) => !off.has(name)).map(({ name, colour, series }) =>
    row([name, series.ok[now], series.failed[now], series.p95[now] === null ? '\\u2013' : Math.round(series.p95[now]) + ' ms', series.instances[now]], colour)).join('') + '</table>';
  reading.hidden = false;
  // What is seen of a figure that is wider than the screen.
  const from = figure.scrollLeft;
  reading.style.left = Math.max(from, Math.min(left + 18, from + figure.clientWidth - reading.offsetWidth - 8)) + 'px';
  reading.style.top = top + 18 + 'px';
};
const hide = () => {
  reading.hidden = true;
  for (const rule of rules) rule.setAttribute('visibility', 'hidden');
};
const point = (event) => {
  const box = svg.getBoundingClientRect();
  const scale = svg.viewBox.baseVal.width / box.width;
  const x = (event.clientX - box.left) * scale;
  const y = (event.clientY - box.top) * scale;
  const chart = charts.find((one) => x >= one.x && x <= one.x + one.width && y >= one.y - 10 && y <= one.y + one.height + 10);
  if (chart === undefined) return hide();
  show(Math.floor(((x - chart.x) / chart.width) * seconds), event.clientX - box.left, event.clientY - box.top);
};
// A finger taps, and is gone again.
for (const kind of ['pointermove', 'pointerdown']) figure.addEventListener(kind, point);
figure.addEventListener('pointerleave', ({ pointerType }) => pointerType === 'mouse' && hide());
figure.addEventListener('keydown', (event) => {
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (event.key === 'Escape') return hide();
  if (step === undefined || charts.length === 0) return;
  event.preventDefault();
  const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
  const second = Math.max(0, Math.min(seconds - 1, (now ?? -1) + step));
  const left = (charts[0].x + ((second + 0.5) / seconds) * charts[0].width) * scale;
  const from = figure.scrollLeft;
  if (left < from || left > from + figure.clientWidth) figure.scrollLeft = left - figure.clientWidth / 2;
  show(second, left, charts[0].y * scale);
});
document.getElementById('targets').addEventListener('change', ({ target }) => {
  if (target.checked) off.delete(target.value);
  else off.add(target.value);
  for (const one of svg.querySelectorAll('[data-target]')) one.style.display = off.has(one.dataset.target) ? 'none' : '';
});
`;
