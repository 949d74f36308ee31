/** What code can do, in eight families. */
export type Family =
  | 'links'
  | 'process'
  | 'network'
  | 'filesystem'
  | 'environment'
  | 'host'
  | 'codegen'
  | 'concealment';

interface Kind {
  readonly family: Family;
  /** As a clause about the code, without its name: `runs a program`. */
  readonly says: string;
}

const table = {
  'link-directive': { family: 'links', says: 'tells the linker what to link' },
  'compiler-directive': { family: 'links', says: 'sets a variable or a cfg for the compiler' },
  metadata: { family: 'links', says: 'hands metadata to dependent build scripts' },
  'links-key': { family: 'links', says: 'stands for a native library (`links`)' },
  'native-library': { family: 'links', says: 'looks for a library of the system' },
  'native-build': { family: 'links', says: 'compiles native code' },
  bindings: { family: 'links', says: 'generates bindings from C headers' },
  process: { family: 'process', says: 'runs a program' },
  'redirects-tools': {
    family: 'process',
    says: 'has a compiler, a linker or a loader run or load something else',
  },
  shell: { family: 'process', says: 'runs a shell' },
  network: { family: 'network', says: 'speaks to the network' },
  url: { family: 'network', says: 'has an address in its text' },
  downloader: { family: 'network', says: 'runs a program that downloads' },
  'reads-outside': { family: 'filesystem', says: 'reads outside the package' },
  'reads-secret-file': { family: 'filesystem', says: 'reads a file that holds secrets' },
  writes: { family: 'filesystem', says: 'writes or removes outside OUT_DIR' },
  'writes-package': { family: 'filesystem', says: 'writes into its own package' },
  home: { family: 'filesystem', says: 'asks for the home folder' },
  temp: { family: 'filesystem', says: 'uses the folder for temporary files' },
  'makes-executable': { family: 'filesystem', says: 'changes what a file may do' },
  'reads-cargo-variable': { family: 'environment', says: 'reads what cargo tells it' },
  'reads-variable': { family: 'environment', says: 'reads a variable' },
  'reads-secret': { family: 'environment', says: 'reads a variable that holds a secret' },
  'reads-all-variables': { family: 'environment', says: 'reads every variable' },
  'sets-variable': { family: 'environment', says: 'changes a variable' },
  'probes-compiler': { family: 'host', says: 'asks what the compiler is or can do' },
  'probes-target': { family: 'host', says: 'asks what it is built for' },
  'writes-out-dir': { family: 'codegen', says: 'writes into OUT_DIR' },
  'encoded-literal': { family: 'concealment', says: 'carries long encoded data' },
  decodes: { family: 'concealment', says: 'decodes data' },
  'includes-bytes': { family: 'concealment', says: 'embeds a file that is no text' },
  'data-as-code': { family: 'concealment', says: 'makes data callable' },
  'foreign-code': { family: 'concealment', says: 'calls code that is not Rust' },
  assembly: { family: 'concealment', says: 'has machine code of its own' },
  'loads-library': { family: 'concealment', says: 'loads code while it runs' },
  'exported-symbol': { family: 'concealment', says: 'stands in for a function that others call' },
  constructor: { family: 'concealment', says: 'runs before `main`' },
  'built-name': { family: 'concealment', says: 'puts a name together while it runs' },
  'detects-ci': { family: 'concealment', says: 'asks whether a CI runs it' },
  sleeps: { family: 'concealment', says: 'waits' },
  clock: { family: 'concealment', says: 'asks for the date' },
} as const satisfies Record<string, Kind>;

export type CapabilityKind = keyof typeof table;

/** Every kind, with its family and what it means. */
export const capabilityKinds: Readonly<Record<CapabilityKind, Kind>> = table;

/**
 * How sure it is: `certain` where a path leads there and is called, `likely` where it is only named or what it is about
 * had to be inferred, `possible` where a text alone suggests it.
 */
export type Confidence = 'certain' | 'likely' | 'possible';

/** One thing that code can do, and the place that shows it. */
export interface Capability {
  readonly kind: CapabilityKind;
  /** What it is about, where that can be read: a program, a library, a variable, an address; `$X` for what a variable says. */
  readonly name?: string;
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** The line, trimmed and cut. */
  readonly code: string;
  readonly confidence: Confidence;
  /** Whether it is written into the code of whoever calls a macro, rather than done here. */
  readonly emitted?: true;
}

export function familyOf(kind: CapabilityKind): Family {
  return capabilityKinds[kind].family;
}
