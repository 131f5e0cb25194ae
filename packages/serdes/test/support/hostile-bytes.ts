import fc from "fast-check";
import { type Serde, SerdeError } from "../../src/index.ts";

/** Cut, random and flipped forms of framed `data`, whose schema is known, give a value or a SerdeError. Fails with anything else that is thrown. */
export function checkHostileBytes<T>(serde: Serde<T>, data: Buffer): void {
  const attempt = (hostile: Buffer): void => {
    try {
      serde.deserialize(hostile);
    } catch (error) {
      if (!SerdeError.is(error)) throw error;
    }
  };
  for (let length = 0; length < data.length; length++) attempt(data.subarray(0, length));
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (body) => attempt(Buffer.concat([data.subarray(0, 5), body]))),
    { numRuns: 2_000 },
  );
  fc.assert(
    fc.property(fc.nat(data.length * 8 - 1), (bit) => {
      const flipped = Buffer.from(data);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      if (flipped.readInt32BE(1) === data.readInt32BE(1)) attempt(flipped);
    }),
    { numRuns: 2_000 },
  );
}
