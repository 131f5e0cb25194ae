import { type Codec, createCodec } from "./codec.ts";
import type { CodecName, CodecOptions } from "./codec-options.ts";

/** What `registerCodecs` may be told. */
export interface RegisterCodecsOptions {
  /** Also replaces gzip, which kafkajs has built in, and codecs that somebody else has registered. @default false */
  readonly overwrite?: boolean | undefined;
  /** Levels to compress with; see `CodecOptions.level`. */
  readonly levels?:
    | { readonly gzip?: number | undefined; readonly lz4?: number | undefined; readonly zstd?: number | undefined }
    | undefined;
  /** See `CodecOptions.maxOutputBytes`. @default 134217728 (128 MiB) */
  readonly maxOutputBytes?: number | undefined;
}

/** What `registerCodecs` did. */
export interface CodecRegistration {
  /** These codecs are ours now. */
  readonly registered: readonly CodecName[];
  /** These were there already and have been left alone; `overwrite` replaces them. */
  readonly skipped: readonly CodecName[];
  /** Puts back what was there before, except where somebody else has registered a codec since. May be called more than once. */
  undo(): void;
}

/**
 * Registers codecs with kafkajs: give it kafkajs's own `CompressionCodecs`. That object belongs to one copy of kafkajs and counts for every client made with
 * it; a second copy in the process is a second object.
 * @throws InvalidOptionsError (`INVALID_OPTIONS`), and nothing is registered then.
 */
export function registerCodecs(compressionCodecs: object, options: RegisterCodecsOptions = {}): CodecRegistration {
  const { overwrite = false, levels = {}, maxOutputBytes } = options;
  const slots = compressionCodecs as Record<number, unknown>;
  const withLevel = (level: number | undefined): CodecOptions => ({ level, maxOutputBytes });
  const codecs = [
    createCodec("gzip", withLevel(levels.gzip)),
    createCodec("snappy", withLevel(undefined)),
    createCodec("lz4", withLevel(levels.lz4)),
    createCodec("zstd", withLevel(levels.zstd)),
  ];
  const registered: CodecName[] = [];
  const skipped: CodecName[] = [];
  const undoes: (() => void)[] = [];
  for (const codec of codecs) {
    const before = slots[codec.type];
    if (!overwrite && !isPlaceholder(before)) {
      skipped.push(codec.name);
      continue;
    }
    const ours = kafkaJsFactory(codec);
    slots[codec.type] = ours;
    undoes.push(() => {
      if (slots[codec.type] !== ours) return;
      if (before === undefined) delete slots[codec.type];
      else slots[codec.type] = before;
    });
    registered.push(codec.name);
  }
  return {
    registered,
    skipped,
    undo() {
      for (const undo of undoes.splice(0)) undo();
    },
  };
}

/** kafkajs asks the factory anew for every batch, so it hands out one object. */
function kafkaJsFactory(codec: Codec): () => unknown {
  const adapter = {
    compress: async (encoder: { readonly buffer: Buffer }): Promise<Buffer> => codec.compress(encoder.buffer),
    decompress: async (buffer: Buffer): Promise<Buffer> => codec.decompress(buffer),
  };
  return () => adapter;
}

/** kafkajs fills the places of codecs it does not have with functions that throw. */
function isPlaceholder(factory: unknown): boolean {
  if (typeof factory !== "function") return true;
  try {
    factory();
  } catch (error) {
    return error instanceof Error && error.name === "KafkaJSNotImplemented";
  }
  return false;
}
