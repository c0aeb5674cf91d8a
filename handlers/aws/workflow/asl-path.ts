import type { Path } from '../../../core/workflow/ir.ts';

/** A reference path; brackets, because a property may have blanks and dots in its name. */
export function pathText(start: string, path: Path): string {
  return start + path.map((key) => (typeof key === 'number' ? `[${key}]` : propertyText(key))).join('');
}

function propertyText(key: string): string {
  return /^[A-Za-z_]\w*$/.test(key) ? `.${key}` : `['${key}']`;
}
