import { type Edges, layoutOf } from './layout.ts';

// Lays graphs out beside the page, which stays quick meanwhile: a graph comes in, where its nodes stand goes out.
self.addEventListener('message', ({ data }: MessageEvent<Edges>) => self.postMessage(layoutOf(data)));
