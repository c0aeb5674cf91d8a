import { checkOptionalParameter } from 'hono/utils/url';

interface PathParameter {
  readonly name: string;
  /** The regular expression that its route wants, where it says one. */
  readonly pattern: string | undefined;
  /** Whether it takes the rest of the path, slashes too. */
  readonly rest: boolean;
}

export interface PathTemplate {
  /** Such as `/runs/{id}`. */
  readonly path: string;
  /** In their order in the path. */
  readonly parameters: readonly PathParameter[];
  /** The same for all paths that OpenAPI takes for equal: those that differ in their parameters' names alone. */
  readonly shape: string;
}

// A parameter fills a segment; its expression may hold braces, such as `{[0-9]{3}}`.
const PARAMETER = /\/:([^/{}?]+)(?:\{((?:[^{}]|\{[^{}]*\})*)\})?|\*/g;

const ANYTHING = ['.+', '.*', '[\\s\\S]+'];

/** The templates of one Hono path: two where its last parameter is optional. */
export function pathTemplates(honoPath: string): readonly PathTemplate[] {
  return (checkOptionalParameter(honoPath) ?? [honoPath]).map(template);
}

function template(honoPath: string): PathTemplate {
  const parameters: PathParameter[] = [];
  const path = honoPath.replace(PARAMETER, (found, name: string | undefined, pattern: string | undefined) => {
    const wildcard = found === '*';
    const parameter = {
      name: name ?? (parameters.length === 0 ? 'rest' : `rest${parameters.length}`),
      pattern,
      rest: wildcard || (pattern !== undefined && ANYTHING.includes(pattern)),
    };
    parameters.push(parameter);
    return `${wildcard ? '' : '/'}{${parameter.name}}`;
  });
  return { path, parameters, shape: path.replace(/\{[^}]*\}/g, '{}') };
}
