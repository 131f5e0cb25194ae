import { SerdeError } from "./serde-error.ts";

/** A decimal number as its digits, such as `-12.50`, with `scale` digits behind the point; undefined for what has no such form. */
export function decimalToBytes(value: unknown, precision: number, scale: number, size?: number): Buffer | undefined {
  // Text alone: in a union, numbers and BigInts are values of other branches.
  const match = typeof value === "string" && value.length <= precision + 2 ? /^(-?)(\d+)(?:\.(\d+))?$/.exec(value) : null;
  if (match === null) return undefined;
  const [, sign, whole, fraction = ""] = match;
  if (fraction.length > scale) return undefined;
  const digits = `${whole}${fraction.padEnd(scale, "0")}`.replace(/^0+/, "");
  if (digits.length > precision) return undefined;
  const unscaled = BigInt(`${sign === "-" && digits !== "" ? "-" : ""}${digits === "" ? "0" : digits}`);
  return twosComplement(unscaled, size);
}

/**
 * The digits of an unscaled value as Avro stores it: big-endian two's complement.
 * @throws SerdeError (`SERDE_INVALID_DATA`) for more digits than `precision`
 */
export function decimalFromBytes(data: Buffer, precision: number, scale: number): string {
  // Each digit takes less than half a byte. A long sign extension is legal; digits beyond the precision are not, and need not be computed.
  let start = 0;
  while (data.length - start > precision && (data[start] === 0 || data[start] === 0xff) && data[start] === data[start + 1]) start++;
  if (data.length - start > precision + 1) throw tooLarge(precision);
  const bytes = start === 0 ? data : data.subarray(start);
  const unsigned = bytes.length === 0 ? 0n : BigInt(`0x${bytes.toString("hex")}`);
  const unscaled = BigInt.asIntN(bytes.length * 8, unsigned);
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString();
  if (digits.length > precision) throw tooLarge(precision);
  const sign = unscaled < 0n ? "-" : "";
  if (scale === 0) return `${sign}${digits}`;
  const padded = digits.padStart(scale + 1, "0");
  return `${sign}${padded.slice(0, -scale)}.${padded.slice(-scale)}`;
}

function twosComplement(value: bigint, size: number | undefined): Buffer | undefined {
  const bits = (value < 0n ? -value - 1n : value).toString(2).length + (value === 0n || value === -1n ? 0 : 1);
  const length = size ?? Math.max(1, Math.ceil(bits / 8));
  if (bits > length * 8) return undefined;
  return Buffer.from(
    BigInt.asUintN(length * 8, value)
      .toString(16)
      .padStart(length * 2, "0"),
    "hex",
  );
}

function tooLarge(precision: number): SerdeError {
  return new SerdeError("SERDE_INVALID_DATA", `an Avro decimal has more than the ${precision} digits of its schema`);
}
