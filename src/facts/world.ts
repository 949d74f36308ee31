/** What a crate gives a program access to. */
export type World = 'network' | 'file systems' | 'processes';

/**
 * Crates whose purpose is to reach out of the program, of those that are met where there is no operating system too. A crate
 * that does so through `std` is seen by that; these need none. Each is the first answer to its question on its registry.
 */
const worlds: Readonly<Record<World, readonly string[]>> = {
  network: [
    ...[
      'smoltcp',
      'embassy-net',
      'embedded-nal',
      'embedded-nal-async',
      'reqwless',
      'picoserve',
      'edge-net',
      'edge-http',
    ],
    ...[
      'edge-mqtt',
      'minimq',
      'rust-mqtt',
      'mqttrust',
      'coap-lite',
      'embedded-tls',
      'embedded-websocket',
      'sntpc',
    ],
    ...[
      'esp-wifi',
      'cyw43',
      'w5500',
      'enc28j60',
      'lorawan-device',
      'mio',
      'socket2',
      'tokio',
      'async-std',
      'smol',
    ],
    ...[
      'hyper',
      'reqwest',
      'ureq',
      'attohttpc',
      'minreq',
      'curl',
      'isahc',
      'tungstenite',
      'quinn',
      'rumqttc',
      'lettre',
    ],
  ],
  'file systems': [
    ...[
      'embedded-sdmmc',
      'fatfs',
      'littlefs2',
      'sequential-storage',
      'ekv',
      'tickv',
      'ext4-view',
      'walkdir',
      'tempfile',
    ],
    ...['fs-err', 'fs_extra', 'memmap2', 'notify', 'ignore', 'glob'],
  ],
  processes: [
    'duct',
    'subprocess',
    'nix',
    'portable-pty',
    'command-group',
    'os_pipe',
    'signal-hook',
    'libloading',
  ],
};

const worldOf: ReadonlyMap<string, World> = new Map(
  Object.entries(worlds).flatMap(([world, crates]) => crates.map((crate) => [crate, world as World])),
);

/** What a crate is there to reach; `undefined` where it is not known for that. */
export function worldOfCrate(crate: string): World | undefined {
  return worldOf.get(crate);
}
