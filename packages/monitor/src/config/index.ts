export { type MonitorHealthSettings, type MonitorSettings, monitor } from "./monitor-section.ts";
