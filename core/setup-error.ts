/**
 * Thrown where a room cannot be opened with these apps or settings; the message says what to change. It is not thrown for a
 * defect of an app, whose stack is needed.
 */
export class SetupError extends TypeError {
  override readonly name = 'SetupError' as const;
}
