import { type Block, type Expr, fold, type WorkflowIR } from './ir.ts';

/** The workflow as a Mermaid flowchart: https://mermaid.js.org/syntax/flowchart.html */
export function mermaid(ir: WorkflowIR): string {
  const lines: string[] = ['flowchart TD'];
  const end = drawBlock(ir.body, { lines, indent: '  ', prefix: '' }, ['start(["start"])']);
  lines.push(...end.map((from) => `  ${from} --> finish(["end"])`));
  return `${lines.join('\n')}\n`;
}

interface Canvas {
  readonly lines: string[];
  readonly indent: string;
  readonly prefix: string;
}
/** Where arrows come from: the nodes that control leaves a block by. */
type Ends = readonly string[];

function drawBlock(block: Block, canvas: Canvas, from: Ends): Ends {
  return block.nodes.reduce<Ends>((ends, node) => draw(node, canvas, ends), from);
}

function arrow(canvas: Canvas, from: Ends, to: string, label = ''): void {
  for (const one of from) canvas.lines.push(`${canvas.indent}${one} -->${label && `|${quote(label)}|`} ${to}`);
}

function box(canvas: Canvas, from: Ends, id: string, shape: readonly [string, string], text: string): Ends {
  arrow(canvas, from, `${safe(id)}${shape[0]}${quote(text)}${shape[1]}`);
  return [safe(id)];
}

/** A frame around a block that runs many times or beside others. */
function frame(canvas: Canvas, id: string, title: string, inside: (canvas: Canvas) => Ends): Ends {
  canvas.lines.push(`${canvas.indent}subgraph ${safe(id)}_frame[${quote(title)}]`);
  const ends = inside({ ...canvas, indent: `${canvas.indent}  ` });
  canvas.lines.push(`${canvas.indent}end`);
  return ends;
}

const draw = fold<Ends, [Canvas, Ends]>({
  task: (node, canvas, from) => box(canvas, from, node.id, ['[', ']'], node.id),
  map: (node, canvas, from) => {
    const each = box(canvas, from, node.id, ['[/', '/]'], `each of ${spell(node.items)}`);
    return frame(canvas, node.id, node.id, (inside) => drawBlock(node.body, inside, each));
  },
  parallel: (node, canvas, from) => {
    const fork = box(canvas, from, node.id, ['{{', '}}'], node.id);
    return node.branches.flatMap((branch) => drawBlock(branch, canvas, fork));
  },
  choose: (node, canvas, from) => {
    const question = box(canvas, from, node.id, ['{', '}'], node.id);
    return [...node.cases.map((one) => one.then), node.else].flatMap((block) => drawBlock(block, canvas, question));
  },
  attempt: (node, canvas, from) => {
    const body = frame(canvas, node.id, node.id, (inside) => drawBlock(node.body, inside, from));
    const caught = `${safe(node.id)}_caught`;
    arrow(canvas, body, `${caught}{{${quote(node.on ? `on ${node.on.join(', ')}` : 'on any error')}}}`);
    return [...body, ...drawBlock(node.rescue, canvas, [caught])];
  },
  sleep: (node, canvas, from) => box(canvas, from, node.id, ['([', '])'], `sleep ${spell(node.seconds)} s`),
  waitFor: (node, canvas, from) => box(canvas, from, node.id, ['[[', ']]'], `wait for ${node.event}`),
  repeat: (node, canvas, from) => {
    const loop = box(canvas, from, node.id, ['[/', '/]'], `repeat at most ${node.max} times`);
    return frame(canvas, node.id, node.id, (inside) => drawBlock(node.body, inside, loop));
  },
  run: (node, canvas, from) => {
    const child = box(canvas, from, node.id, ['[[', ']]'], node.workflow);
    return frame(canvas, node.id, node.workflow, (inside) => drawBlock(node.body, inside, child));
  },
  fail: (node, canvas, from) => {
    box(canvas, from, node.id, ['>', ']'], typeof node.error === 'string' ? `fail ${node.error}` : 'fail again');
    return [];
  },
});

function spell(expr: Expr): string {
  if ('lit' in expr) return JSON.stringify(expr.lit).slice(0, 40);
  if ('ref' in expr) return [expr.ref, ...(expr.path ?? [])].join('.');
  return 'len' in expr ? `length of ${spell(expr.len)}` : 'a value';
}

/** `end` and digits at the start are special in Mermaid's ids. */
function safe(id: string): string {
  return `n_${id.replace(/[^A-Za-z0-9_]/g, '_')}`;
}

function quote(text: string): string {
  return `"${text.replaceAll('"', '#quot;').replace(/[\r\n]+/g, ' ')}"`;
}
