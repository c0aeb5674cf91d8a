import { LabError } from './lab-error.ts';
import { TARGETS, type Target } from './targets.ts';

/**
 * Targets by name, or deployments as `name=url`.
 *
 * @throws LabError
 */
export function chooseTargets(wanted: readonly string[]): ReadonlyMap<string, Target> {
  if (wanted.length === 0) throw new LabError('targets: at least one is wanted');
  const chosen = new Map<string, Target>();
  for (const one of wanted) {
    const [name = '', url] = one.includes('=')
      ? [one.slice(0, one.indexOf('=')), one.slice(one.indexOf('=') + 1)]
      : [one];
    if (chosen.has(name)) throw new LabError(`--targets: '${name}' is there twice`);
    chosen.set(name, url === undefined ? known(name) : deployment(name, url));
  }
  return chosen;
}

function known(name: string): Target {
  const target = TARGETS[name];
  if (target === undefined)
    throw new LabError(
      `--targets: there is no target '${name}' (there are: ${Object.keys(TARGETS).join(', ')}; a deployment is name=https://…)`,
    );
  return target;
}

function deployment(name: string, url: string): Target {
  if (!/^[a-z][\w-]{0,30}$/i.test(name))
    throw new LabError(`--targets: a name has letters, digits, - and _, not '${name}'`);
  if (!/^https?:$/.test(URL.canParse(url) ? new URL(url).protocol : ''))
    throw new LabError(`--targets: ${name}: '${url}' is no http or https URL`);
  const { origin, host, href } = new URL(url);
  // Users ask for paths of their own.
  if (href !== `${origin}/`)
    throw new LabError(`--targets: ${name}: a deployment is ${origin}, without what is after it in '${url}'`);
  return { about: host, url: origin };
}
