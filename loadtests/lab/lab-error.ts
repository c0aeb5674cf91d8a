/** Something that whoever runs the lab can mend: one line without a stack. */
export class LabError extends Error {
  override readonly name = 'LabError' as const;
}
