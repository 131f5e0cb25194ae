/**
 * A pattern for topic names: `*` stands for any characters but dots (`orders.*` is `orders.placed`, not `orders.eu.placed`), and `**` at the end for any
 * characters. Compares part by part without ever going back, which regular expressions do not promise.
 */
export function matchesTopicPattern(name: string, pattern: string): boolean {
  const isOpen = pattern.endsWith("**");
  const wanted = (isOpen ? pattern.slice(0, -1) : pattern).split(".");
  const parts = name.split(".");
  if (isOpen ? parts.length < wanted.length : parts.length !== wanted.length) return false;
  return wanted.every((part, index) => matchesPart(parts[index] ?? "", part));
}

/** Where the first and the last piece stand is given; each one between them is best where it comes first. */
function matchesPart(text: string, pattern: string): boolean {
  const [first = "", ...others] = pattern.split("*");
  const last = others.pop();
  if (last === undefined) return text === first;
  const end = text.length - last.length;
  let position = first.length;
  if (position > end || !text.startsWith(first) || !text.endsWith(last)) return false;
  for (const piece of others) {
    const start = text.indexOf(piece, position);
    if (start < 0) return false;
    position = start + piece.length;
    if (position > end) return false;
  }
  return true;
}
