import type { Approval, ApprovalFact, KeptApproval } from '../../facts/approval.ts';
import { approvalKey, parseAllowList } from '../../policy/allow-list.ts';
import type { TomlSource } from '../../policy/toml.ts';
import type { Change, GateFinding } from '../change.ts';

/** What people approved, as far as a check goes by it. */
export interface Approvals {
  readonly of: (crate: string) => ApprovalFact;
  /** Whether anybody keeps a list. */
  readonly adopted: boolean;
  /** The project's list, as findings name it. */
  readonly file: string;
  /** Every approval of the project's own list. */
  readonly project: readonly Approval[];
  /** What the change does to the list. */
  readonly changes: readonly Change[];
}

/** Where approvals are kept. */
export interface ApprovalSources {
  /** The project's list, as findings name it. */
  readonly file: string;
  /** Its text; absent where the project has none. */
  readonly text: string | undefined;
  /** What it was before the change; `compared` says whether there is a before. */
  readonly before?: string | undefined;
  readonly compared: boolean;
}

/** Reads the project's list. Throws `PolicyError` where it is damaged. */
export function approvalsFrom({ file, text, before, compared }: ApprovalSources): Approvals {
  const project = text === undefined ? [] : parseAllowList({ file, text });
  const old = before === undefined ? [] : parseAllowList({ file: `${file} of the base`, text: before });
  const known = new Set(old.map(approvalKey));
  const kept: readonly KeptApproval[] = [
    ...project.map((approval) => ({
      ...approval,
      of: 'project' as const,
      ...(compared && !known.has(approvalKey(approval)) ? { fresh: true as const } : {}),
    })),
  ];
  const byCrate = Map.groupBy(kept, ({ crate }) => crate);
  const adopted = text !== undefined;
  return {
    file,
    adopted,
    of: (crate) => ({ approvals: byCrate.get(crate) ?? [], file, adopted }),
    project,
    changes: compared ? listChanges(file, old, project) : [],
  };
}

/** The same with what the organisation approved of for all its projects. Throws `PolicyError` where that is damaged. */
export function withOrganisation(approvals: Approvals, list: TomlSource | undefined): Approvals {
  if (list === undefined) return approvals;
  const kept = parseAllowList(list).map((approval): KeptApproval => ({ ...approval, of: 'organisation' }));
  const byCrate = Map.groupBy(kept, ({ crate }) => crate);
  return {
    ...approvals,
    adopted: true,
    of: (crate) => {
      const own = approvals.of(crate);
      return { ...own, adopted: true, approvals: [...own.approvals, ...(byCrate.get(crate) ?? [])] };
    },
  };
}

/** What nobody has read yet of a list that was begun with what was there. It fails nothing, and is to go down. */
export function unreadDebt({ file, project }: Approvals): readonly GateFinding[] {
  const count = project.filter(({ grandfathered }) => grandfathered === true).length;
  if (count === 0) return [];
  return [
    {
      rule: 'build-code',
      effect: 'warn',
      crate: '',
      message: `${count} of ${project.length} approvals are grandfathered: nobody has read what they let run.`,
      evidence: { file, line: 1 },
      next: 'Read some with `safeguard review --pending`, the safest first.',
    },
  ];
}

/** Packages that stay as they are and whose archives could not be had: whether they run anything is not known. */
export function unreadPackages({ file, adopted }: Approvals, unread: number): readonly GateFinding[] {
  if (!adopted || unread === 0) return [];
  const packages =
    unread === 1 ? '1 package that stays as it is' : `${unread} packages that stay as they are`;
  return [
    {
      rule: 'build-code',
      effect: 'warn',
      crate: '',
      message: `What ${packages} may run at build time is not known: the archives could not be had.`,
      evidence: { file, line: 1 },
      next: 'Check again once the registry answers.',
    },
  ];
}

/** What is said once where nobody keeps a list, of all that runs at build time. */
export function notAdopted({ file }: Approvals, running: number): readonly Change[] {
  if (running === 0) return [];
  const finding: GateFinding = {
    rule: 'build-code',
    effect: 'warn',
    crate: '',
    message: `${running} ${running === 1 ? 'package runs' : 'packages run'} code on every machine that compiles this, and nobody keeps a list of what was approved.`,
    evidence: { file, line: 1 },
    next: 'Begin one with `safeguard allow seed`: from then on, what changes of it is asked for.',
  };
  return [{ kind: 'config', crate: file, why: [], findings: [finding], span: { file, line: 1 } }];
}

/** A change of the list itself: approvals that are gone, and those that were made. */
function listChanges(file: string, old: readonly Approval[], now: readonly Approval[]): readonly Change[] {
  const is = new Set(now.map(approvalKey));
  const was = new Set(old.map(approvalKey));
  const gone = old.filter((approval) => !is.has(approvalKey(approval)));
  const made = now.filter((approval) => !was.has(approvalKey(approval)));
  if (gone.length === 0 && made.length === 0) return [];
  const finding: GateFinding = {
    rule: 'build-code',
    effect: 'warn',
    crate: '',
    message: `The change alters the list of approvals: ${counted(made, 'made')}, ${counted(gone, 'withdrawn')}${unreadAmong(made)}.`,
    evidence: { file, line: 1 },
    next: 'See that somebody else than the author of the change has read what is approved.',
  };
  return [{ kind: 'config', crate: file, why: [], findings: [finding], span: { file, line: 1 } }];
}

/** What is in the list without anybody having read it is no approval of anybody's. */
function unreadAmong(made: readonly Approval[]): string {
  const unread = made.filter(({ grandfathered }) => grandfathered === true).length;
  return unread === 0 ? '' : `; ${unread} of those made are taken over unread`;
}

const maxNamed = 3;

function counted(approvals: readonly Approval[], word: string): string {
  if (approvals.length === 0) return `none ${word}`;
  const names = approvals.slice(0, maxNamed).map(({ crate, version }) => `${crate} ${version}`);
  const more = approvals.length - names.length;
  return `${approvals.length} ${word} (${names.join(', ')}${more > 0 ? ` and ${more} more` : ''})`;
}
