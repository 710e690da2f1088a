/** Who syncs by the schedule, and when. The names of its keys are relied on by the pages. */
export interface SchedulerView {
  readonly by: "console" | "other" | "nobody";
  readonly next?: string;
  readonly following: readonly string[];
  readonly text: string;
}
