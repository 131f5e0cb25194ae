import { expect, test } from "vitest";
import { type OptionShape, soundOptions } from "./sound-options.ts";

interface Options {
  readonly defaultPartitions?: number;
  readonly name?: string;
  readonly topics?: readonly string[];
  readonly autoCreateTopics?: boolean;
  readonly random?: () => number;
}
const shape: OptionShape<Options> = {
  defaultPartitions: "number",
  name: "string",
  topics: "list",
  autoCreateTopics: "boolean",
  random: "function",
};

test("options that fit are kept, those that are not given may be undefined", () => {
  const given = { defaultPartitions: 0, name: "", topics: [], autoCreateTopics: false, random: Math.random };
  expect(soundOptions<Options>(given, shape)).toEqual({ sound: given, problems: [] });
  expect(soundOptions<Options>({ name: undefined }, shape).problems).toEqual([]);
});

test("what is no option, or of another type, is left out and told of, all at once", () => {
  const given = { defaultPartition: 3, name: null, topics: {}, autoCreateTopics: "false", random: 4, toString: 1 };
  expect(soundOptions<Options>(given, shape, "groups")).toEqual({
    sound: {},
    problems: [
      "groups.defaultPartition is not an option; perhaps defaultPartitions is meant",
      "groups.name must be a text, not null",
      "groups.topics must be a list, not an object",
      'groups.autoCreateTopics must be true or false, not "false"',
      "groups.random must be a function, not 4",
      "groups.toString is not an option",
    ],
  });
});

test("what is no object has no options", () => {
  for (const [given, text] of [
    [null, "null"],
    [[1], "a list"],
    ["x", '"x"'],
    [() => 1, "a function"],
  ] as const)
    expect(soundOptions<Options>(given, shape).problems).toEqual([`the options must be an object, not ${text}`]);
});
