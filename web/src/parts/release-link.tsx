import { Link } from '@tanstack/react-router';

/** A release by its name, as a way to its page. */
export function ReleaseLink({
  crate,
  version,
  registry,
}: {
  readonly crate: string;
  readonly version: string;
  readonly registry?: string | undefined;
}) {
  return (
    <Link
      to="/releases/$crate/$version"
      params={{ crate, version }}
      search={{ registry }}
      className="release"
    >
      {crate} <span className="version">{version}</span>
    </Link>
  );
}
