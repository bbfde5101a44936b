import type { CommandSpec } from './spec.ts';

// Every subcommand by its name, in the order in which help and README show them. Each is read only when it is asked for.

export const commands: Readonly<Record<string, () => Promise<CommandSpec>>> = {
  '': async () => (await import('./screen.ts')).screen,
  demo: async () => (await import('./demo.ts')).demo,
  status: async () => (await import('./status.ts')).status,
  templates: async () => (await import('./templates.ts')).templates,
  'template show': async () => (await import('./template-show.ts')).templateShow,
  'template copy': async () => (await import('./template-copy.ts')).templateCopy,
  'template set': async () => (await import('./template-set.ts')).templateSet,
  check: async () => (await import('./check.ts')).check,
  create: async () => (await import('./create.ts')).create,
  repair: async () => (await import('./repair.ts')).repair,
  rearm: async () => (await import('./rearm.ts')).rearm,
  start: async () => (await import('./start.ts')).start,
  stop: async () => (await import('./stop.ts')).stop,
  watch: async () => (await import('./watch.ts')).watch,
  stage: async () => (await import('./stage.ts')).stage,
  'fai-files': async () => (await import('./fai-files.ts')).faiFilesCommand,
  journal: async () => (await import('./journal.ts')).journal,
  hosts: async () => (await import('./hosts.ts')).hosts,
  'hosts trust': async () => (await import('./hosts-trust.ts')).hostsTrust,
  'hosts forget': async () => (await import('./hosts-forget.ts')).hostsForget,
  simulate: async () => (await import('./simulate.ts')).simulate,
};

export const commandNames = Object.keys(commands).filter((name) => name !== '');

export const allCommands = (): Promise<CommandSpec[]> => Promise.all(Object.values(commands).map((load) => load()));
