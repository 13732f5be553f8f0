declare module 'moment-business-time' {
  /** The part of a moment with working time that the benchmark needs. */
  export interface WorkingMoment {
    addWorkingTime(count: number, unit: 'second'): WorkingMoment;
    /** Negative when the other is later. */
    workingDiff(other: WorkingMoment, unit: 'second'): number;
    isWorkingTime(): boolean;
    nextWorkingTime(): WorkingMoment;
    unix(): number;
  }

  const moment: {
    (epochMilliseconds: number): WorkingMoment;
    updateLocale(
      name: string,
      hours: {
        /** By the day of the week, Sunday first. */
        workinghours: Readonly<Record<number, readonly string[] | null>>;
        /** Dates as `YYYY-MM-DD`, or patterns of them. */
        holidays: readonly string[];
      },
    ): void;
  };
  export default moment;
}
