// What the reference pages say of all commands together.

export const addressText =
  'Commands that speak to a running server find it by --server, then by the variable SAFEGUARD_SERVER, then by the ' +
  'address that `safeguard serve` writes into its data folder (--data, ./safeguard-data unless said otherwise), and ' +
  'else try http://127.0.0.1:8480. Commands that act need a token: the one in SAFEGUARD_TOKEN, else the ' +
  'admin.token of the data folder, which is sent only to the server that wrote it or to this machine; of a server that you ' +
  'run on this machine it is found from any folder.';

export const environment: readonly (readonly [name: string, meaning: string])[] = [
  ['SAFEGUARD_SERVER', 'the address of the server, where --server does not say it'],
  ['SAFEGUARD_TOKEN', 'the token for commands that act'],
  ['SAFEGUARD_DEBUG', "with any value, a fault of Safeguard's own is shown with its stack"],
  ['CARGO_HOME', "cargo's home folder, which init --global writes to and doctor reads"],
  ['NO_COLOR, FORCE_COLOR', 'no colour at all, or colour even where nobody seems to look'],
  ['HTTP_PROXY, HTTPS_PROXY, NO_PROXY', 'the proxy to the server; never used for this machine itself'],
  ['NODE_EXTRA_CA_CERTS', "a file of certificate authorities to trust beside the system's"],
];
