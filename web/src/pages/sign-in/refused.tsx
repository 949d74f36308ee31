const words: Readonly<Record<string, string>> = {
  'provider-down': 'The provider does not answer. Try again in a moment, or sign in with a token.',
  'no-role': 'The provider knows you, and none of your groups has a role here: ask whoever runs this server.',
  stale: 'That sign-in was not begun here, or took longer than ten minutes: begin it again.',
};

/** Why nobody came in by the provider. */
export function Refused({ code }: { readonly code: string }) {
  return (
    <p className="trouble" role="alert">
      {words[code] ??
        'What came back from the provider does not count: begin again. If it stays so, the server’s log says why.'}
    </p>
  );
}
