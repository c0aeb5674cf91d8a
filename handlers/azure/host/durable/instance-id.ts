import { invalidInput } from '../../../../core/error.ts';

/** https://github.com/Azure/azure-functions-durable-extension, DurableClient.cs */
const LONGEST = 256;

/** An id as the extension takes it. @throws Failure `InvalidInput` */
export function instanceId(id: string): string {
  if (id === '') throw refused('must not be empty', id);
  if (id.startsWith('@')) throw refused('must not start with @', id);
  for (const char of id)
    if ('/\\?#'.includes(char) || char < ' ' || (char >= '\u007f' && char <= '\u009f'))
      throw refused('must not contain /, \\, #, ?, or control characters', id);
  if (id.length > LONGEST) throw refused(`must not exceed ${LONGEST} characters`, id);
  return id;
}

function refused(why: string, id: string): Error {
  return invalidInput(`Orchestration instance ids ${why}: ${JSON.stringify(id.slice(0, LONGEST))}`, 'id');
}
