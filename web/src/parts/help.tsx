import { Dialog } from './dialog.tsx';

const keys: readonly [keys: string, does: string][] = [
  ['g t', 'Today'],
  ['g q', 'Quarantine'],
  ['g r', 'Requests'],
  ['g c', 'Changes of lockfiles, and their verdicts'],
  ['g l', 'Graph of a lockfile'],
  ['g p', 'Approvals'],
  ['g b', 'Artefacts: what was built'],
  ['g h', 'Running: what hosts run'],
  ['g f', 'Affected: find where something is'],
  ['g y', 'Policy'],
  ['g s', 'Settings of the server'],
  ['g a', 'Audit log'],
  ['j, k', 'next and previous release of a list'],
  ['Enter', 'open it'],
  ['x', 'select it'],
  ['a', 'approve of what is selected, or of the release that is shown'],
  ['r', 'reject it'],
  ['/', 'go to the filter'],
  ['?', 'this help'],
];

/** Every key that does something. */
export function Help({ onClose }: { readonly onClose: () => void }) {
  return (
    <Dialog title="Keys" onClose={onClose}>
      <dl className="keys">
        {keys.map(([key, does]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
