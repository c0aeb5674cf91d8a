/** What a process needs in order to run at all; nothing else of the host's own environment reaches the app. */
const ALLOWED = [
  'PATH',
  'HOME',
  'LANG',
  'LC_ALL',
  'TMPDIR',
  'TEMP',
  'TMP',
  'SystemRoot',
  'windir',
  'APPDATA',
  'USERPROFILE',
];

/**
 * The environment that the app runs with: the allowed few of the host's, the app settings, and what the platform sets:
 * https://learn.microsoft.com/azure/azure-functions/functions-app-settings
 *
 * @param origin `127.0.0.1:<port>`
 */
export function appEnvironment(
  folder: string,
  origin: string,
  app: Readonly<Record<string, string>>,
  own: Readonly<Record<string, string | undefined>> = process.env,
): Readonly<Record<string, string>> {
  const allowed = ALLOWED.flatMap((name) => (own[name] === undefined ? [] : [[name, own[name]] as const]));
  return {
    ...Object.fromEntries(allowed),
    FUNCTIONS_WORKER_RUNTIME: 'node',
    FUNCTIONS_EXTENSION_VERSION: '~4',
    AZURE_FUNCTIONS_ENVIRONMENT: 'Development',
    ...app,
    AzureWebJobsScriptRoot: folder,
    // Without it durable-functions would write localhost:7071 into every URL.
    WEBSITE_HOSTNAME: origin,
  };
}

/**
 * The connection string that a binding's `connection` names: the setting `AzureWebJobs<name>`, or `<name>` itself.
 * `undefined` where there is neither.
 */
export function connectionOf(app: Readonly<Record<string, string>>, connection: unknown): string | undefined {
  const name = typeof connection === 'string' && connection !== '' ? connection : 'AzureWebJobsStorage';
  return app[`AzureWebJobs${name}`] || app[name] || undefined;
}

/** Whether `AzureWebJobs.<function>.Disabled` switches a function off. */
export function isDisabled(app: Readonly<Record<string, string>>, name: string): boolean {
  const value = app[`AzureWebJobs.${name}.Disabled`] ?? app[`AzureWebJobs_${name}_Disabled`] ?? '';
  return /^(?:true|1)$/i.test(value);
}
