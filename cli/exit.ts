/** Exit codes of every verb; `--help` lists them. */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  unreachable: 3,
  defect: 70,
  interrupted: 130,
} as const;

export const EXIT_HELP: Readonly<Record<keyof typeof EXIT, string>> = {
  ok: 'done',
  failed: 'the run failed, check found problems, or the room refused (no such run, wrong input, conflict)',
  usage: 'wrong usage: the command line, or a file that it names',
  unreachable: 'no way in: port or data folder in use, server not reachable, key not accepted',
  defect: 'a defect of skein or of the app, with its stack',
  interrupted: 'interrupted with Ctrl-C',
};
