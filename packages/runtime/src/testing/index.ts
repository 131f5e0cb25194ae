export {
  type RawTestRecord,
  runTestProcessor,
  type SentMessage,
  type TestAttempt,
  type TestedRecord,
  type TestProcessorOptions,
  type TestRecord,
  type TestRun,
} from "./run-test-processor.ts";
