import { fuzz, startFuzzBroker } from "./fuzz-broker.ts";

// Run with --expose-gc: prints how many bytes of heap and buffers are left over from rounds of fuzzing after the broker has been emptied.
const [seed = 1, rounds = 4] = process.argv.slice(2).map(Number);
const { broker, failures } = await startFuzzBroker();

const heldAfter = async (round: number): Promise<number> => {
  await fuzz(broker, seed + round, 2);
  await broker.reset();
  for (let collections = 0; collections < 3; collections++) {
    await new Promise((resolve) => setImmediate(resolve));
    globalThis.gc?.();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};

// Compiled code and caches come with the first rounds.
await heldAfter(0);
const before = await heldAfter(1);
let after = before;
for (let round = 2; round < 2 + rounds; round++) after = await heldAfter(round);
await broker.close();
process.stdout.write(JSON.stringify({ grownBytes: after - before, failures }));
