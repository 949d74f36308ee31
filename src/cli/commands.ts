import type { Command } from 'commander';

/** A command of `safeguard`. Its file is imported only when the command is named. */
export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<{ readonly define: Define }>;
}

/** Fills in a command's options, help and action. `whole` builds the tree of all commands. */
export type Define = (command: Command, whole: () => Promise<Command>) => void;

/**
 * Every command, in the order of `--help`. A new one is a folder beside this file (`command.ts` parses, its neighbours
 * act) and a line here.
 */
export const commands: readonly CommandEntry[] = [
  {
    name: 'serve',
    summary: 'run the mirror: cargo gets its crates from here',
    load: () => import('./serve/command.ts'),
  },
  {
    name: 'demo',
    summary: 'replay an attack, and see what each layer does about it',
    load: () => import('./demo/command.ts'),
  },
  {
    name: 'init',
    summary: 'point cargo at the mirror',
    load: () => import('./init/command.ts'),
  },
  {
    name: 'doctor',
    summary: 'find out why something does not work here',
    load: () => import('./doctor/command.ts'),
  },
  {
    name: 'explain',
    summary: 'every fact, every rule, the verdict on a release',
    load: () => import('./explain/command.ts'),
  },
  {
    name: 'check',
    summary: 'judge a Cargo.lock, or what a change makes of it',
    load: () => import('./check/command.ts'),
  },
  {
    name: 'review',
    summary: 'see what a release runs at build time, and approve of it',
    load: () => import('./review/command.ts'),
  },
  {
    name: 'allow',
    summary: 'the list of what may run at build time',
    load: () => import('./allow/command.ts'),
  },
  {
    name: 'observe',
    summary: 'run a build, and watch what its build scripts and macros do',
    load: () => import('./observe/command.ts'),
  },
  {
    name: 'build',
    summary: 'build a project sealed off from the machine, with its SBOM',
    load: () => import('./build/command.ts'),
  },
  {
    name: 'verify',
    summary: 'hold a program against what was signed of it',
    load: () => import('./verify/command.ts'),
  },
  {
    name: 'resolve',
    summary: 'say exactly what cargo would build, with which features',
    load: () => import('./resolve/command.ts'),
  },
  {
    name: 'sbom',
    summary: 'write what a build for one target is made of',
    load: () => import('./sbom/command.ts'),
  },
  {
    name: 'inspect',
    summary: 'say what an executable is made of',
    load: () => import('./inspect/command.ts'),
  },
  {
    name: 'affected',
    summary: 'where an advisory or a release is in what you built',
    load: () => import('./affected/command.ts'),
  },
  {
    name: 'vex',
    summary: 'VEX: say how advisories stand to your artefacts',
    load: () => import('./vex/command.ts'),
  },
  {
    name: 'exploited',
    summary: 'what is actively exploited, and what to report of it',
    load: () => import('./exploited/command.ts'),
  },
  {
    name: 'inventory',
    summary: 'what your artefacts are made of',
    load: () => import('./inventory/command.ts'),
  },
  {
    name: 'agent',
    summary: 'tell the server what this host runs',
    load: () => import('./agent/command.ts'),
  },
  {
    name: 'quarantine',
    summary: 'see and decide what may enter',
    load: () => import('./quarantine/command.ts'),
  },
  {
    name: 'mirror',
    summary: 'see how the mirror does, and fill it ahead of time',
    load: () => import('./mirror/command.ts'),
  },
  {
    name: 'notify',
    summary: 'try out whether people can be told',
    load: () => import('./notify/command.ts'),
  },
  {
    name: 'policy',
    summary: 'write, check and read a policy',
    load: () => import('./policy/command.ts'),
  },
  {
    name: 'verdict',
    summary: 'judge a recorded case again',
    load: () => import('./verdict/command.ts'),
  },
  {
    name: 'admin',
    summary: 'let the first person in',
    load: () => import('./admin/command.ts'),
  },
  {
    name: 'token',
    summary: 'give and take back the keys to the API',
    load: () => import('./token/command.ts'),
  },
  {
    name: 'credential',
    summary: 'give cargo what it fetches with, as its credential provider',
    load: () => import('./credential/command.ts'),
  },
  {
    name: 'audit',
    summary: 'who decided what, and proof that it was not edited',
    load: () => import('./audit/command.ts'),
  },
  {
    name: 'completions',
    summary: 'print completions for a shell',
    load: () => import('./completions/command.ts'),
  },
];
