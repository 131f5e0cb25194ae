export { type ChaosReport, playSchedule } from "./play-schedule.ts";
