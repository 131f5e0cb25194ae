/** The two directions of a codec, before limits of the caller's input and errors are made uniform. Never given empty data to decompress. */
export interface Engine {
  compress(data: Uint8Array): Buffer;
  decompress(data: Uint8Array): Buffer;
}

/** More frames than this in one piece of data are refused. A producer writes one; tiny ones by the thousand would only cost time. */
export const mostFrames = 1024;
