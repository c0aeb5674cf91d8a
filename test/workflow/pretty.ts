import type { Json } from '../../core/index.ts';

const WIDTH = 110;

/** JSON for people who review goldens: what fits on a line is on one. */
export function pretty(value: Json, indent = '', room = WIDTH): string {
  const flat = inline(value);
  if (flat.length <= room || value === null || typeof value !== 'object') return flat;
  const inner = `${indent}  `;
  const left = WIDTH - inner.length;
  const lines = Array.isArray(value)
    ? value.map((item) => pretty(item, inner, left))
    : Object.entries(value).map(([key, item]) => {
        const name = `${JSON.stringify(key)}: `;
        return name + pretty(item, inner, left - name.length);
      });
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  return `${open}\n${lines.map((line) => inner + line).join(',\n')}\n${indent}${close}`;
}

function inline(value: Json): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`;
  const fields = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${inline(item)}`);
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`;
}
