/** What happens to the bytes of an answer on their way to the client. */
export type ResponseDamage =
  | {
      readonly kind: "cut";
      /** How many bytes go out before the connection is dropped, of so many, length prefix included. */
      readonly afterBytes: (totalBytes: number) => number;
    }
  | {
      readonly kind: "trickle";
      /** Bytes of one write. */
      readonly bytes: number;
      /** Milliseconds between two writes. */
      readonly everyMs: number;
    };
