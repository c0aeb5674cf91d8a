import { html } from 'hono/html';
import { type Block, fold, type Node, type WorkflowIR } from '../workflow/ir.ts';
import { short, spellCond, spellExpr } from '../workflow/spell.ts';
import type { Html } from './frame.ts';
import { stateMark } from './status.ts';
import type { Survey } from './survey.ts';
import type { Tally } from './tally.ts';
import { duration } from './time.ts';
import { visible } from './visible.ts';

interface Drawing {
  readonly nodes: Survey['nodes'];
  readonly over: boolean;
  /** The page that lists the calls of one node. */
  readonly stepsOf: (node: string) => string;
}

/** A workflow as lists inside lists, which a screen reader reads in the order in which it runs. */
export function graph(ir: WorkflowIR, drawing: Drawing): Html {
  return block(ir.body, drawing);
}

function block({ nodes }: Block, drawing: Drawing): Html {
  if (nodes.length === 0) return html`<p class="nothing">nothing to do</p>`;
  return html`<ol class="block">
    ${nodes.map((node) => html`<li id="node-${node.id}">${draw(node, drawing)}</li>`)}
  </ol>`;
}

const draw = fold<Html, [Drawing]>({
  task(node, drawing) {
    const name = html`<a href="${drawing.stepsOf(node.id)}">${visible(node.id)}</a>`;
    return card(
      node,
      drawing,
      html`${name}${node.step === node.id ? '' : html` <span class="quiet">calls <code>${visible(node.step)}</code></span>`}`,
    );
  },
  map: (node, drawing) =>
    group(node, drawing, html`for each of <code>${words(spellExpr(node.items))}</code>`, block(node.body, drawing)),
  parallel: (node, drawing) =>
    group(
      node,
      drawing,
      html`side by side`,
      html`<ul class="branches">
        ${node.branches.map((branch) => html`<li>${block(branch, drawing)}</li>`)}
      </ul>`,
    ),
  choose: (node, drawing) =>
    group(
      node,
      drawing,
      html`choose`,
      html`<ul class="branches">
        ${node.cases.map((one) => html`<li>${label(html`if <code>${words(spellCond(one.if), 80)}</code>`)}${block(one.then, drawing)}</li>`)}
        <li>${label(html`else`)}${block(node.else, drawing)}</li>
      </ul>`,
    ),
  attempt: (node, drawing) =>
    group(
      node,
      drawing,
      html`attempt`,
      html`${block(node.body, drawing)}${label(html`on ${node.on ? visible(node.on.join(', ')) : 'any error'}`)}${block(node.rescue, drawing)}`,
    ),
  sleep: (node, drawing) => card(node, drawing, html`sleep <code>${words(spellExpr(node.seconds))}</code> s`),
  waitFor(node, drawing) {
    const limit = node.timeout === undefined ? '' : `, at most ${duration(node.timeout * 1000)}`;
    return card(node, drawing, html`wait for <code>${visible(node.event)}</code>${limit}`);
  },
  repeat: (node, drawing) =>
    group(
      node,
      drawing,
      html`at most ${node.max} times, until <code>${words(spellCond(node.until), 80)}</code>`,
      block(node.body, drawing),
    ),
  run: (node, drawing) =>
    group(node, drawing, html`workflow <code>${visible(node.workflow)}</code>`, block(node.body, drawing)),
  fail: (node, drawing) =>
    card(
      node,
      drawing,
      html`fail${typeof node.error === 'string' ? html` with <code>${visible(node.error)}</code>` : ' again'}`,
    ),
});

function words(text: string, limit = 40): string {
  return short(visible(text), limit);
}

function label(content: Html): Html {
  return html`<p class="label">${content}</p>`;
}

function group(node: Node, drawing: Drawing, title: Html, inside: Html): Html {
  return html`<div class="group">${card(node, drawing, title)}${inside}</div>`;
}

function card({ id, kind }: Node, { nodes, over }: Drawing, name: Html): Html {
  const tally = nodes.get(id);
  if (tally === undefined) return name;
  const state = stateOf(tally, over);
  return html`<div class="card" data-kind="${kind}" data-state="${state}">
    <span class="name">${name}</span>
    ${stateMark(state, countWords(tally, state, kind, over))}
    ${kind === 'task' ? html`<span class="meta">${metaWords(tally)}</span>` : ''}
  </div>`;
}

type NodeState = 'pending' | 'running' | 'waiting' | 'succeeded' | 'failed' | 'stopped' | 'skipped';

function stateOf(tally: Tally, over: boolean): NodeState {
  if (tally.failed > 0) return 'failed';
  if (tally.going > 0) return 'running';
  if (tally.waiting > 0) return 'waiting';
  const short = tally.sure && tally.done > 0 && tally.done < tally.expected;
  if (tally.stopped > 0 || (short && over)) return 'stopped';
  if (short) return 'running';
  if (tally.done > 0) return 'succeeded';
  return tally.skipped > 0 ? 'skipped' : 'pending';
}

function countWords(tally: Tally, state: NodeState, kind: Node['kind'], over: boolean): string {
  const { parts, done, failed, expected, sure, calls } = tally;
  const ill = failed > 0 && calls + expected > 2 ? `, ${failed} failed` : '';
  if (parts !== undefined && kind === 'repeat')
    return `${state}, ${parts.done === 1 ? '1 round' : `${parts.done} rounds`}`;
  if (parts?.total !== undefined) return `${parts.done} of ${parts.total}${ill}`;
  if (parts !== undefined) return `${parts.done} done${ill}`;
  if (sure && expected > 1) return `${done} of ${expected}${ill}`;
  if (calls > 1) return `${done} done${ill}`;
  if (state === 'pending') return over ? 'not reached' : 'to come';
  if (state === 'waiting') return kind === 'task' ? 'waits to try again' : kind === 'sleep' ? 'sleeps' : 'waits';
  if (state === 'failed' && kind === 'attempt') return 'not rescued';
  return state;
}

function metaWords({ from, to, going, calls, attempts }: Tally): string {
  const took = from !== undefined && to !== undefined && going === 0 ? [duration(to - from)] : [];
  return [...took, ...(attempts > calls ? [`${attempts} attempts`] : [])].join(' · ');
}
