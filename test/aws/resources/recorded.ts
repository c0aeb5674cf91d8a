/** The part of a client of the SDK that is needed to look at what it sends. */
interface Recordable {
  readonly middlewareStack: {
    add(
      middleware: (
        next: (args: { input: object }) => Promise<never>,
        context: { readonly commandName?: string },
      ) => (args: { input: object }) => Promise<never>,
      options: { readonly step: 'initialize'; readonly name: string; readonly override: boolean },
    ): void;
  };
}

export interface Call {
  readonly command: string;
  readonly input: object;
}

/** Calls `before` with each command of a client, those that are only signed too; what it throws, the command throws. */
export function beforeEach(client: object, before: (call: Call) => void | Promise<void>): void {
  (client as Recordable).middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        await before({ command: commandName.replace(/Command$/, ''), input: args.input });
        return next(args);
      },
    { step: 'initialize', name: 'beforeEach', override: true },
  );
}
