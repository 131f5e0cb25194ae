/** The methods behind `Buffer.toString` and `Buffer.write`, without their argument checks; they are public but not documented. */
export interface FastBuffer extends Buffer {
  utf8Slice(start: number, end: number): string;
  utf8Write(text: string, start: number, length?: number): number;
}
