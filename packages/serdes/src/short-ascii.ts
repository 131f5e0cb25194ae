const text = String.fromCharCode;

/** Strings longer than this are decoded by the engine: from about here on its call costs less than reading byte by byte. */
export const longestShortAscii = 16;

/**
 * The `n` bytes of `b` at `p` as text, or `undefined` when they are not all ASCII. Twice as fast as `Buffer.toString` for the short strings that most
 * records consist of, because it never leaves JavaScript. The caller has checked that `n` is at most `longestShortAscii` and lies within the data.
 *
 * Written out, because a loop would read every byte twice, to check it and to use it; in steps of four, because a switch would have to jump first.
 */
export function shortAscii(b: Buffer, p: number, n: number): string | undefined {
  if (n < 4) {
    if (n === 0) return "";
    const a0 = b[p]!;
    if (n === 1) return a0 > 0x7f ? undefined : text(a0);
    const a1 = b[p + 1]!;
    if (n === 2) return (a0 | a1) > 0x7f ? undefined : text(a0, a1);
    const a2 = b[p + 2]!;
    return (a0 | a1 | a2) > 0x7f ? undefined : text(a0, a1, a2);
  }
  const a0 = b[p]!;
  const a1 = b[p + 1]!;
  const a2 = b[p + 2]!;
  const a3 = b[p + 3]!;
  if (n < 8) {
    if (n === 4) return (a0 | a1 | a2 | a3) > 0x7f ? undefined : text(a0, a1, a2, a3);
    const a4 = b[p + 4]!;
    if (n === 5) return (a0 | a1 | a2 | a3 | a4) > 0x7f ? undefined : text(a0, a1, a2, a3, a4);
    const a5 = b[p + 5]!;
    if (n === 6) return (a0 | a1 | a2 | a3 | a4 | a5) > 0x7f ? undefined : text(a0, a1, a2, a3, a4, a5);
    const a6 = b[p + 6]!;
    return (a0 | a1 | a2 | a3 | a4 | a5 | a6) > 0x7f ? undefined : text(a0, a1, a2, a3, a4, a5, a6);
  }
  const a4 = b[p + 4]!;
  const a5 = b[p + 5]!;
  const a6 = b[p + 6]!;
  const a7 = b[p + 7]!;
  if (n < 12) {
    if (n === 8) return (a0 | a1 | a2 | a3 | a4 | a5 | a6 | a7) > 0x7f ? undefined : text(a0, a1, a2, a3, a4, a5, a6, a7);
    const a8 = b[p + 8]!;
    if (n === 9) return (a0 | a1 | a2 | a3 | a4 | a5 | a6 | a7 | a8) > 0x7f ? undefined : text(a0, a1, a2, a3, a4, a5, a6, a7, a8);
    const a9 = b[p + 9]!;
    if (n === 10)
      return (a0 | a1 | a2 | a3 | a4 | a5 | a6 | a7 | a8 | a9) > 0x7f ? undefined : text(a0, a1, a2, a3, a4, a5, a6, a7, a8, a9);
    const a10 = b[p + 10]!;
    return (a0 | a1 | a2 | a3 | a4 | a5 | a6 | a7 | a8 | a9 | a10) > 0x7f ? undefined : text(a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10);
  }
  const a8 = b[p + 8]!;
  const a9 = b[p + 9]!;
  const a10 = b[p + 10]!;
  const a11 = b[p + 11]!;
  if (n < 16) {
    if (n === 12)
      return (a0 | a1 | a2 | a3 | a4 | a5 | a6 | a7 | a8 | a9 | a10 | a11) > 0x7f
        ? undefined
        : text(a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11);
    const a12 = b[p + 12]!;
    if (n === 13)
      return (a0 | a1 | a2 | a3 | a4 | a5 | a6 | a7 | a8 | a9 | a10 | a11 | a12) > 0x7f
        ? undefined
        : text(a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12);
    const a13 = b[p + 13]!;
    if (n === 14)
      return (a0 | a1 | a2 | a3 | a4 | a5 | a6 | a7 | a8 | a9 | a10 | a11 | a12 | a13) > 0x7f
        ? undefined
        : text(a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13);
    const a14 = b[p + 14]!;
    return (a0 | a1 | a2 | a3 | a4 | a5 | a6 | a7 | a8 | a9 | a10 | a11 | a12 | a13 | a14) > 0x7f
      ? undefined
      : text(a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14);
  }
  const a12 = b[p + 12]!;
  const a13 = b[p + 13]!;
  const a14 = b[p + 14]!;
  const a15 = b[p + 15]!;
  return (a0 | a1 | a2 | a3 | a4 | a5 | a6 | a7 | a8 | a9 | a10 | a11 | a12 | a13 | a14 | a15) > 0x7f
    ? undefined
    : text(a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15);
}
