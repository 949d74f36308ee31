import type { ActedJson, ReleaseJson } from '../../../src/server/contract.ts';
import { ask } from '../api/client.ts';
import { ReasonDialog } from './reason-dialog.tsx';

/** Says that one needs a release, and what for: several people share one request, and others decide. */
export function AskFor({
  release: { registry, crate, version },
  onClose,
}: {
  readonly release: Pick<ReleaseJson, 'registry' | 'crate' | 'version'>;
  readonly onClose: () => void;
}) {
  const perform = async (reason: string) => {
    const body = { registry, crate, version, reason };
    return [(await ask<ActedJson>('/api/v1/requests', 'POST', body)).message];
  };
  return (
    <ReasonDialog
      title={`I need ${crate} ${version}`}
      doneTitle="Asked for"
      label="What for"
      placeholder="Whoever decides reads it."
      act="Ask for it"
      touches={['requests']}
      perform={perform}
      onClose={onClose}
    />
  );
}
