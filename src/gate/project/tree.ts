import type { BuiltPackage, PackageUse, Resolution } from '../../cargo/resolve/resolve.ts';

/** A line of the tree that a person reads. */
export interface TreeLine {
  /** The branches before it. */
  readonly branches: string;
  readonly package: BuiltPackage;
  /** How the line above it uses it; `undefined` for a root. */
  readonly use: PackageUse | undefined;
  /** It was shown further up, with its features and what it uses. */
  readonly seen: boolean;
}

/** The resolution as a tree from its roots; each package's own features and dependencies are shown once. */
export function treeLines({ packages, roots }: Resolution): readonly TreeLine[] {
  const lines: TreeLine[] = [];
  const shown = new Set<number>();
  // A stack of its own: a graph may be deeper than the language's.
  const waiting: Waiting[] = roots
    .map((root) => ({ package: root, use: undefined, above: '', own: '' }))
    .reverse();
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const pkg = packages[next.package];
    if (pkg === undefined) continue;
    const seen = shown.has(next.package);
    lines.push({ branches: next.above + next.own, package: pkg, use: next.use, seen });
    if (seen) continue;
    shown.add(next.package);
    const above = next.above + below(next.own);
    const last = pkg.uses.length - 1;
    for (const [i, use] of [...pkg.uses.entries()].reverse()) {
      waiting.push({ package: use.package, use, above, own: i === last ? '└── ' : '├── ' });
    }
  }
  return lines;
}

interface Waiting {
  readonly package: number;
  readonly use: PackageUse | undefined;
  readonly above: string;
  readonly own: string;
}

function below(own: string): string {
  if (own === '') return '';
  return own === '└── ' ? '    ' : '│   ';
}
