import { type ClientPreset, type ClientPresets, clientPresets } from "../presets/client-presets.ts";

/** Values of a section by the names of the systems in `clientPresets`, as configurations write them: `event-bus` for `eventBus`. */
export function presetsOf<Values>(pick: (preset: ClientPreset, name: keyof ClientPresets) => Values): Readonly<Record<string, Values>> {
  return Object.fromEntries(
    (Object.entries(clientPresets) as [keyof ClientPresets, ClientPreset][]).map(([name, preset]) => [
      name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
      pick(preset, name),
    ]),
  );
}
