import { type Block, fold, type WorkflowIR } from './ir.ts';
import { short, spellCond, spellExpr } from './spell.ts';

/** The workflow as a Mermaid flowchart: https://mermaid.js.org/syntax/flowchart.html */
export function mermaid(ir: WorkflowIR): string {
  const paper: Paper = { shapes: ['  start(["start"])'], arrows: [], names: new Map(), taken: new Set() };
  const end = drawBlock(ir.body, { paper, indent: '  ' }, [{ from: 'start' }]);
  paper.shapes.push('  finish(["end"])');
  connect({ paper, indent: '  ' }, end, 'finish');
  // A node that an arrow names inside a frame is drawn inside it: the arrows come after all frames.
  return `${['flowchart TD', ...paper.shapes, ...paper.arrows].join('\n')}\n`;
}

interface Paper {
  readonly shapes: string[];
  readonly arrows: string[];
  readonly names: Map<string, string>;
  readonly taken: Set<string>;
}
interface Canvas {
  readonly paper: Paper;
  readonly indent: string;
}
/** What control leaves a block by: a shape, and the words for the arrow that will start there. */
type Ends = readonly { readonly from: string; readonly label?: string }[];

function drawBlock(block: Block, canvas: Canvas, from: Ends): Ends {
  return block.nodes.reduce<Ends>((ends, node) => draw(node, canvas, ends), from);
}

function connect({ paper }: Canvas, ends: Ends, to: string, line: '-->' | '-.->' = '-->'): void {
  const labels = new Map<string, Set<string>>();
  for (const { from, label } of ends) {
    const known = labels.get(from) ?? new Set();
    labels.set(from, label === undefined ? known : known.add(label));
  }
  for (const [from, words] of labels)
    paper.arrows.push(`  ${from} ${line}${words.size === 0 ? '' : `|${quote([...words].join(' / '))}|`} ${to}`);
}

function box(canvas: Canvas, from: Ends, id: string, [open, close]: readonly [string, string], text: string): Ends {
  const name = nameFor(canvas, id);
  canvas.paper.shapes.push(`${canvas.indent}${name}${open}${quote(text)}${close}`);
  connect(canvas, from, name);
  return [{ from: name }];
}

/** A frame around a block that runs many times, may fail as one, or is another workflow's. */
function frame(canvas: Canvas, id: string, title: string, block: Block, from: Ends): Ends {
  // Mermaid refuses a frame with nothing in it.
  if (block.nodes.length === 0) return from;
  canvas.paper.shapes.push(`${canvas.indent}subgraph ${nameFor(canvas, `${id}.frame`)}[${quote(title)}]`);
  const ends = drawBlock(block, { ...canvas, indent: `${canvas.indent}  ` }, from);
  canvas.paper.shapes.push(`${canvas.indent}end`);
  return ends;
}

const draw = fold<Ends, [Canvas, Ends]>({
  task: (node, canvas, from) => box(canvas, from, node.id, ['[', ']'], node.id),
  map: (node, canvas, from) => {
    const each = box(canvas, from, node.id, ['[/', '/]'], `each of ${spellExpr(node.items)}`);
    return frame(canvas, node.id, node.id, node.body, each);
  },
  parallel: (node, canvas, from) => {
    const fork = box(canvas, from, node.id, ['{{', '}}'], node.id);
    return node.branches.length === 0 ? fork : node.branches.flatMap((branch) => drawBlock(branch, canvas, fork));
  },
  choose: (node, canvas, from) => {
    const question = box(canvas, from, node.id, ['{', '}'], node.id);
    const leave = (label: string): Ends => question.map((end) => ({ ...end, label: short(label, 60) }));
    const cases = node.cases.flatMap((one) => drawBlock(one.then, canvas, leave(spellCond(one.if))));
    return [...cases, ...drawBlock(node.else, canvas, leave('else'))];
  },
  attempt: (node, canvas, from) => {
    const body = frame(canvas, node.id, node.id, node.body, from);
    const framed: Ends = node.body.nodes.length === 0 ? from : [{ from: nameFor(canvas, `${node.id}.frame`) }];
    const caught = box(canvas, [], `${node.id}.error`, ['{{', '}}'], node.on ? `on ${node.on.join(', ')}` : 'on error');
    for (const { from: name } of caught) connect(canvas, framed, name, '-.->');
    return [...body, ...drawBlock(node.rescue, canvas, caught)];
  },
  sleep: (node, canvas, from) => box(canvas, from, node.id, ['([', '])'], `sleep ${spellExpr(node.seconds)} s`),
  waitFor: (node, canvas, from) => {
    const limit = node.timeout === undefined ? '' : `, at most ${node.timeout} s`;
    return box(canvas, from, node.id, ['[[', ']]'], `wait for ${node.event}${limit}`);
  },
  repeat: (node, canvas, from) => {
    const loop = box(
      canvas,
      from,
      node.id,
      ['[/', '/]'],
      `at most ${node.max} times, until ${short(spellCond(node.until), 60)}`,
    );
    return frame(canvas, node.id, node.id, node.body, loop);
  },
  run: (node, canvas, from) => {
    const child = box(canvas, from, node.id, ['[[', ']]'], node.workflow);
    return frame(canvas, node.id, node.id, node.body, child);
  },
  fail: (node, canvas, from) => {
    box(canvas, from, node.id, ['>', ']'], typeof node.error === 'string' ? `fail ${node.error}` : 'fail again');
    return [];
  },
});

/** Mermaid's ids: `end` and a digit at the start are special, and a hyphen may be read as the start of an arrow. */
function nameFor({ paper }: Canvas, id: string): string {
  const known = paper.names.get(id);
  if (known !== undefined) return known;
  const stem = `n_${id.replace(/[^A-Za-z0-9_]/g, '_')}`;
  let name = stem;
  for (let count = 2; paper.taken.has(name); count++) name = `${stem}_${count}`;
  paper.taken.add(name);
  paper.names.set(id, name);
  return name;
}

/** Inside quotes only entities are special: https://mermaid.js.org/syntax/flowchart.html#entity-codes-to-escape-characters */
function quote(text: string): string {
  const escaped = text
    .replace(/["#<>&`]/g, (char) => `#${char.charCodeAt(0)};`)
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ');
  return `"${escaped}"`;
}
