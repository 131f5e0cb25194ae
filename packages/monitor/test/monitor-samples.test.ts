import { readTopics } from "@millrace/kafka";
import { expect, test } from "vitest";
import { createWorld, type World } from "./support/world.ts";

const second = 1_000;
const oneTopic = { topics: [{ name: "t", partitions: 2 }] };

async function stored(world: World, topic: string): Promise<ReadonlyMap<string, string | null>> {
  const records = new Map<string, string | null>();
  const read = async (): Promise<void> => {
    for await (const { key, value } of readTopics(world.kafka, [topic])) records.set(String(key), value === null ? null : String(value));
  };
  await world.run(read());
  return records;
}

test("samples survive a restart, what is no longer there is forgotten, and another monitor's samples are left alone", async () => {
  const world = createWorld(oneTopic);
  await world.produce("t", [second, second]);
  for (const group of ["ours", "passing", "theirs"]) await world.commit(group, "t", 1);
  const looks = async (options: Parameters<World["monitor"]>[0], count: number) => {
    const monitor = world.monitor({ window: 3, samples: true, ...options });
    const statuses: (string | undefined)[] = [];
    for (let look = 0; look < count; look++) {
      await world.clock.advance(30 * second);
      statuses.push((await world.run(monitor.look()))[0]?.status);
    }
    await world.run(monitor.close());
    return statuses;
  };
  expect(await looks({ groups: ["theirs"] }, 1)).toEqual(["unknown"]);
  const isOurs = (group: string) => group !== "theirs";
  expect(await looks({ groups: isOurs }, 3)).toEqual(["unknown", "unknown", "error"]);
  expect(await looks({ groups: isOurs }, 1)).toEqual(["error"]);
  await world.run(world.kafka.admin().deleteGroups(["passing"]));
  await looks({ groups: isOurs }, 1);
  const records = await stored(world, "millrace.lag-samples");
  expect([...records].map(([key, value]) => [key, value === null])).toEqual([
    ['["theirs","t",0]', false],
    ['["ours","t",0]', false],
    ['["passing","t",0]', true],
  ]);
  const topic = await world.run(world.kafka.admin().describeTopic("millrace.lag-samples"));
  expect(topic?.configs["cleanup.policy"]).toBe("compact");
  // Long ago tells nothing about now.
  await world.clock.advance(3_600 * second);
  expect(await looks({ groups: isOurs }, 1)).toEqual(["unknown"]);
});

test("what is not understood in the samples topic is passed over", async () => {
  const world = createWorld(oneTopic);
  await world.produce("t", [second, second]);
  await world.commit("g", "t", 1);
  const producer = world.kafka.producer();
  const good = JSON.stringify({
    version: 1,
    samples: [
      [world.clock.now() - 60 * second, 1, 2, 1, 0],
      [world.clock.now() - 30 * second, 1, 2, 1, 0],
    ],
  });
  await world.run(world.kafka.admin().createTopics([{ name: "millrace.lag-samples", partitions: 1 }]));
  const records: readonly (readonly [string | null, string])[] = [
    ['["g","t",0]', good],
    ["nonsense", good],
    [null, good],
    ['["g"]', good],
    ['["g","t",1]', "{"],
    ['["g","t",2]', '{"version":2,"samples":[]}'],
    ['["g","t",3]', '{"version":1,"samples":[[1,2,3]]}'],
  ];
  for (const [key, value] of records) {
    const bytes = key === null ? null : Buffer.from(key);
    await world.run(producer.sendRaw({ topic: "millrace.lag-samples", key: bytes, value: Buffer.from(value) }));
  }
  const monitor = world.monitor({ window: 3, samples: true });
  expect((await world.run(monitor.look()))[0]?.status).toBe("error");
  const said = world.logs.filter(({ message }) => message.includes("not understood"));
  expect(said.map(({ fields }) => fields)).toEqual([{ topic: "millrace.lag-samples", records: 6, firstOffset: 1 }]);
});

test("while samples cannot be read they are not written over, and the look does not fail", async () => {
  const world = createWorld(oneTopic);
  await world.produce("t", [second, second]);
  await world.commit("g", "t", 1);
  const first = world.monitor({ samples: true, window: 5 });
  for (let look = 0; look < 3; look++) {
    await world.clock.advance(30 * second);
    await world.run(first.look());
  }
  await world.run(first.close());
  world.fail = ({ api, body }) => {
    if (api === "ListOffsets" && JSON.stringify(body).includes("lag-samples")) throw new Error("not now");
  };
  const monitor = world.monitor({ samples: true, window: 5 });
  await world.clock.advance(30 * second);
  expect((await world.run(monitor.look()))[0]?.status).toBe("unknown");
  expect(world.logs.some(({ message }) => message.startsWith("samples could not be read"))).toBe(true);
  world.fail = () => {};
  await world.clock.advance(30 * second);
  expect((await world.run(monitor.look()))[0]?.status).toBe("error");
});
