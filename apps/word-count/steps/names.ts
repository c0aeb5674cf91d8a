/** Keys in the work bucket, all of them in a run's folder: the same on every attempt, so that a retry writes the same objects. */
export const names = {
  run: (folder: string, split: number, spill: number, partition: number): string =>
    `${folder}/runs/${split}.${spill}/${partition}`,
  runList: (folder: string, partition: number): string => `${folder}/shuffled/${partition}`,
  part: (folder: string, partition: number): string => `${folder}/result/${partition}`,
};
