const offered = ["application/vnd.schemaregistry.v1+json", "application/vnd.schemaregistry+json", "application/json"] as const;

/** In which of its content types the registry answers an `Accept` header: the one the client likes best, undefined when it likes none. */
export function responseType(accept: string | undefined): (typeof offered)[number] | undefined {
  if (accept === undefined || accept.trim() === "") return offered[0];
  const likings = accept.split(",").map((part) => {
    const [range = "", ...parameters] = part.split(";").map((word) => word.trim().toLowerCase());
    const quality = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2) ?? "1";
    return { range, quality: Number(quality) || 0 };
  });
  const liking = (type: string): number => {
    // The more exact range counts, whatever a wider one says.
    const found = [type, "application/*", "*/*"]
      .map((range) => likings.find((one) => one.range === range))
      .find((one) => one !== undefined);
    return found?.quality ?? 0;
  };
  const best = Math.max(...offered.map(liking));
  return best > 0 ? offered.find((type) => liking(type) === best) : undefined;
}
