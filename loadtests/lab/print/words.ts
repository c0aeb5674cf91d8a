import type { Setting } from '../record.ts';
import { targetOf } from '../search.ts';
import type { CaseSummary } from '../summary/summary.ts';

/** What a reader must know of how it was measured; each is one line. */
export function settingLines(setting: Setting, cases: readonly CaseSummary[]): string[] {
  const { machine, instance } = setting;
  // The steps of a search are cases of one target.
  const modelled = [...new Set(cases.flatMap((one) => (one.modelled ? [targetOf(one.name)] : [])))];
  const shown = new Set(cases.map(({ name }) => name));
  const real = setting.targets.flatMap(({ name, step, runtime }) =>
    runtime !== undefined && shown.has(name) && step === undefined ? [`${name}, ${runtime}`] : [],
  );
  const saturated = cases.filter(({ generator }) => generator.saturated.length > 0);
  const late = cases.filter((one) => (one.late ?? 0) > 0.05);
  return [
    ...(modelled.length > 0
      ? [
          `Modelled locally: ${modelled.join(', ')}. Real processes of this machine, behind a small balancer and scaler that follow a cloud's documented rules.`,
        ]
      : []),
    ...(real.length > 0 ? [`Real runtimes on this machine, and not a cloud: ${real.join('; ')}.`] : []),
    ...(setting.pace !== 1 && modelled.length > 0
      ? [
          `Control loops (probes, autoscaling) run ${Number(setting.pace.toFixed(2))} times as fast as documented, so that 3 minutes fit into ${setting.seconds} s; in a run of 3 minutes they are as documented.`,
        ]
      : []),
    ...(instance.slotMs > 0
      ? [
          `An instance has ${instance.slots === 1 ? 'one slot' : `${instance.slots} slots`} of ${instance.slotMs} ms: ${Number(((1000 * instance.slots) / instance.slotMs).toFixed(1))} answers a second; ${instance.backlog} requests may wait, more are refused with 503.`,
        ]
      : []),
    `Generator: ${saturated.length === 0 ? 'not saturated, nothing skipped' : `SATURATED for ${saturated.map(({ name }) => name).join(', ')}`}; answers checked: ${cases.reduce((sum, one) => sum + one.wrong, 0)} wrong of ${cases.reduce((sum, one) => sum + one.ok + one.wrong, 0)}.`,
    ...(late.length > 0
      ? [
          `The machine was busy: ${late.map((one) => `${Math.round((one.late ?? 0) * 100)} % of ${one.name}'s`).join(', ')} answers left over 20 ms after their slot.`,
        ]
      : []),
    `${machine.cores} cores (${machine.model}), Node ${machine.node}, Artillery ${machine.artillery}, load before ${machine.loadBefore}; ${setting.date.slice(0, 10)}, ${setting.commit}; ${setting.command}`,
  ];
}
