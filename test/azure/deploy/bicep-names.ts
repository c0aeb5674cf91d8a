import type { Node } from './bicep.ts';

/** Of those that Bicep has, what the templates call, decorators included. */
const FUNCTIONS: ReadonlySet<string> = new Set(
  (
    'allowed any concat deployment description empty environment guid listKeys loadJsonContent map maxLength maxValue minLength ' +
    'minValue replace resourceGroup secure subscription subscriptionResourceId union uniqueString'
  ).split(' '),
);
const DECLARATIONS: ReadonlySet<string> = new Set(
  ['parameter', 'variable', 'resource', 'module', 'output'].map((kind) => `${kind}_declaration`),
);
/** What nobody needs to refer to. */
const UNREFERRED: ReadonlySet<string> = new Set(['resource_declaration', 'module_declaration']);

/** Names of a file that are not declared, functions that there are not, and what is declared and not used. */
export function misnamed(root: Node): readonly string[] {
  const declared = new Map(declarationsIn(root));
  const used = new Set<string>();

  const visit = (node: Node, local: ReadonlySet<string>): readonly string[] => {
    const parts = node.namedChildren.filter(({ type }) => type !== 'comment');
    const [first, ...rest] = parts;
    const named = first?.type === 'identifier';
    const all = (nodes: readonly Node[], names = local) => nodes.flatMap((one) => visit(one, names));
    /** The last part may use the names that the first ones give. */
    const inside = (names: readonly Node[]) =>
      all(parts.slice(-1), new Set([...local, ...names.map(({ text }) => text)]));
    switch (node.type) {
      case 'identifier':
        if (!local.has(node.text)) used.add(node.text);
        return local.has(node.text) || declared.has(node.text) ? [] : [told(node, `${node.text} is not declared`)];
      case 'object_property':
        return all(named ? rest : parts);
      case 'member_expression':
        return all(parts.slice(0, 1));
      case 'call_expression':
        return named
          ? [...(FUNCTIONS.has(first.text) ? [] : [told(node, `there is no function ${first.text}`)]), ...all(rest)]
          : all(parts);
      case 'for_statement':
        return [...all(parts.slice(-2, -1)), ...inside(parts.slice(0, -2))];
      case 'lambda_expression':
        return inside(parts.slice(0, -1));
      default:
        return all(DECLARATIONS.has(node.type) ? rest : parts);
    }
  };

  const wrong = visit(root, new Set());
  const unused = [...declared].filter(([name, { type }]) => !used.has(name) && !UNREFERRED.has(type));
  return [...wrong, ...unused.map(([name, node]) => told(node, `${name} is not used`))];
}

/** By their names; those of outputs are for others. */
function declarationsIn(node: Node): (readonly [string, Node])[] {
  const [name] = node.namedChildren;
  const own = DECLARATIONS.has(node.type) && node.type !== 'output_declaration' && name !== undefined;
  return [...(own ? [[name.text, node] as const] : []), ...node.namedChildren.flatMap(declarationsIn)];
}

function told({ startPosition }: Node, complaint: string): string {
  return `line ${startPosition.row + 1}: ${complaint}`;
}
