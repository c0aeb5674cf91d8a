import { cpSync, existsSync, rmSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import ts from 'typescript';

/** A file beside a module that is not imported: the code of a thread, or a folder of templates. */
const BESIDE = /new URL\('(\.[^']+)', import\.meta\.url\)/g;
/** `from './file.ts'` and `import('./file.ts')`. */
const IN_DECLARATION = /((?:from |import\()['"]\.[^'"]+)\.ts(['"])/g;

/**
 * Compiles the modules that are reachable from `entries` into JavaScript and declarations.
 *
 * `new URL('./file.ts', import.meta.url)` is an entry too, and names the `.js` file in what is built; other files and folders
 * that are named so are copied.
 *
 * @throws Error with what the compiler says, when it has something to say.
 */
export function emit(root: string, entries: readonly string[], out: string): void {
  const options = settings(root, out);
  const host = ts.createCompilerHost(options);
  let roots = entries.map((entry) => resolve(root, entry));
  let program = ts.createProgram(roots, options, host);
  for (;;) {
    const more = threads(program).filter((file) => program.getSourceFile(file) === undefined);
    if (more.length === 0) break;
    roots = [...roots, ...more];
    program = ts.createProgram(roots, options, host, program);
  }
  refuse(ts.getPreEmitDiagnostics(program), root);

  rmSync(out, { recursive: true, force: true });
  const { diagnostics } = program.emit(undefined, (file, text) => ts.sys.writeFile(file, withBuiltNames(file, text)));
  refuse(diagnostics, root);
  for (const source of own(program))
    for (const path of beside(source).filter((one) => !isModule(one) && existsSync(one)))
      cpSync(path, join(out, relative(root, path)), { recursive: true });
}

function settings(root: string, out: string): ts.CompilerOptions {
  const file = join(root, 'tsconfig.json');
  const { options, errors } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(file, ts.sys.readFile).config,
    ts.sys,
    root,
  );
  // That no file matches `include` is of no interest here: the entries are what is compiled.
  refuse(
    errors.filter((error) => error.code !== 18003),
    root,
  );
  return {
    ...options,
    noEmit: false,
    noEmitOnError: true,
    declaration: true,
    rewriteRelativeImportExtensions: true,
    rootDir: root,
    outDir: out,
  };
}

function own(program: ts.Program): readonly ts.SourceFile[] {
  return program
    .getSourceFiles()
    .filter((file) => !file.isDeclarationFile && !program.isSourceFileFromExternalLibrary(file));
}

function beside(source: ts.SourceFile): string[] {
  return [...source.text.matchAll(BESIDE)].map(([, path]) => resolve(dirname(source.fileName), path as string));
}

function threads(program: ts.Program): string[] {
  return own(program).flatMap(beside).filter(isModule);
}

function isModule(path: string): boolean {
  return path.endsWith('.ts');
}

/** The compiler gives new names to what JavaScript imports, not to URLs, and none to what declarations import. */
function withBuiltNames(file: string, text: string): string {
  if (file.endsWith('.d.ts')) return text.replace(IN_DECLARATION, '$1.js$2');
  return text.replace(BESIDE, (url, path: string) => url.replace(path, path.replace(/\.ts$/, '.js')));
}

function refuse(diagnostics: readonly ts.Diagnostic[], root: string): void {
  if (diagnostics.length === 0) return;
  throw new Error(
    ts.formatDiagnostics(diagnostics, {
      getCanonicalFileName: (name) => name,
      getCurrentDirectory: () => root,
      getNewLine: () => '\n',
    }),
  );
}
