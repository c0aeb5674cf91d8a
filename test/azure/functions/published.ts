import { published as publish } from '../../../deploy/azure/published.ts';
import { type Host, type HostOptions, openHost } from '../../../handlers/azure/host/index.ts';

/** A folder as `npm run build:azure` leaves it, somewhere else. */
async function published(module: string): ReturnType<typeof publish> {
  const { default: found } = await import(module);
  return publish([found].flat(), module);
}

/** The apps of a module in the host. */
export async function hosted(module: string, options: Omit<HostOptions, 'folder'> = {}): Promise<Host> {
  const { folder, remove } = await published(module);
  try {
    const host = await openHost({ ...options, folder });
    return {
      ...host,
      close: async () => {
        await host.close();
        await remove();
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}
