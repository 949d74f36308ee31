import { Link } from '@tanstack/react-router';

export function NotFound() {
  return (
    <>
      <h1>There is no such page</h1>
      <p>
        <Link to="/">Today</Link> has what waits; <Link to="/quarantine">the quarantine</Link> has every
        release that is not handed out.
      </p>
    </>
  );
}
