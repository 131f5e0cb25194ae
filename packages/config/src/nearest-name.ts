/** Longer names are compared by their beginnings, so that the work stays small whatever is given. */
const comparedCharacters = 64;

/** The name among `known` that was probably meant by `name`: the one at the smallest edit distance, when that is at most `mostDistance` (a third of its length). */
export function nearestName(
  name: string,
  known: Iterable<string>,
  mostDistance: number = Math.floor(Math.min(name.length, comparedCharacters) / 3),
): string | undefined {
  const wanted = name.slice(0, comparedCharacters).toLowerCase();
  let nearest: string | undefined;
  let smallest = mostDistance + 1;
  for (const candidate of known) {
    const distance = editDistance(wanted, candidate.slice(0, comparedCharacters).toLowerCase(), smallest);
    if (distance < smallest) {
      nearest = candidate;
      smallest = distance;
    }
  }
  return nearest;
}

/** Insertions, deletions and replacements that turn one text into the other (Levenshtein); `enough` or more is as good as infinite. */
function editDistance(from: string, to: string, enough: number): number {
  if (Math.abs(from.length - to.length) >= enough) return enough;
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    let least = row;
    for (let column = 1; column <= to.length; column++) {
      const replaced = (previous[column - 1] as number) + (from[row - 1] === to[column - 1] ? 0 : 1);
      const distance = Math.min(replaced, (previous[column] as number) + 1, (current[column - 1] as number) + 1);
      current.push(distance);
      least = Math.min(least, distance);
    }
    // It never gets less from row to row.
    if (least >= enough) return enough;
    previous = current;
  }
  return previous[to.length] as number;
}
