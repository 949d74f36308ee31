import { cratesIo, type SourceId } from '../cargo/source-id.ts';
import { cargoPurl, type Purl } from './purl.ts';

/**
 * The purl of a crate that cargo has from a registry or a repository (purl-spec, types/cargo): another registry than
 * crates.io is named by `repository_url`, a commit by `vcs_url` in SPDX's form.
 */
export function purlFrom(name: string, version: string, source: SourceId): Purl {
  if (source.text === cratesIo.text) return cargoPurl(name, version);
  if (source.kind !== 'git') return cargoPurl(name, version, { repository_url: source.url });
  const commit = source.reference.commit === undefined ? '' : `@${source.reference.commit}`;
  return cargoPurl(name, version, { vcs_url: `git+${source.url}${commit}` });
}
