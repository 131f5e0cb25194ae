/** How the bytes of a media type are to be understood. */
export function mediaKind(type: string): "json" | "text" | "bytes" {
  const subtype = /^\s*([^\s;/]+)\/([^\s;]+)/.exec(type.slice(0, 200).toLowerCase());
  if (subtype === null) return "bytes";
  if (subtype[2] === "json" || subtype[2]!.endsWith("+json")) return "json";
  return subtype[1] === "text" ? "text" : "bytes";
}
