import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { misnamed } from './bicep-names.ts';

const TOOL = new URL('../../../tools/azure-bicep/', import.meta.url);
export const hasBicep = existsSync(new URL('node_modules/web-tree-sitter', TOOL));
/** What a skipped test says. */
export const BICEP_WANTED = 'npm run tools:azure-bicep';

export interface Node {
  readonly type: string;
  readonly isError: boolean;
  readonly isMissing: boolean;
  readonly text: string;
  readonly startPosition: { readonly row: number };
  readonly children: readonly Node[];
  readonly namedChildren: readonly Node[];
}
interface TreeSitter {
  readonly Parser: (new () => Parser) & { init(): Promise<void> };
  readonly Language: { load(path: string): Promise<unknown> };
}
interface Parser {
  setLanguage(language: unknown): void;
  parse(text: string): { readonly rootNode: Node } | null;
}

/**
 * A parser of Bicep, which tells what is wrong: in the syntax, and with the names of a file. It knows neither types nor what Azure has.
 */
export async function bicepParser(): Promise<(text: string) => readonly string[]> {
  const { resolve } = createRequire(TOOL);
  const { Parser, Language } = (await import(resolve('web-tree-sitter'))) as TreeSitter;
  await Parser.init();
  const parser = new Parser();
  parser.setLanguage(await Language.load(resolve('tree-sitter-bicep/tree-sitter-bicep.wasm')));
  return (text) => {
    const root = parser.parse(text)?.rootNode;
    if (root === undefined) return ['nothing was read'];
    const wrong = complaints(root);
    return wrong.length > 0 ? wrong : misnamed(root);
  };
}

function complaints(node: Node): string[] {
  const own = node.isError || node.isMissing ? [`line ${node.startPosition.row + 1}: ${node.text.slice(0, 80)}`] : [];
  return [...own, ...node.children.flatMap(complaints)];
}
