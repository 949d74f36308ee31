// Properties of our own of the file that a document is about.

/** What its linker gave it, lower-case hex. */
export const buildIdProperty = 'safeguard:build-id';

/** Which functions it has code of (`FunctionFilter.text`); absent where that is not known. */
export const functionsProperty = 'safeguard:functions';

/** SHA-256 of what its segments bring into memory (`binary/segments.ts`), lower-case hex. */
export const segmentsProperty = 'safeguard:segments-sha256';
