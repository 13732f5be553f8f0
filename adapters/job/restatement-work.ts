import type { PersonRegistry } from '../../core/access/ports.ts';
import type { ServiceLevels } from '../../core/inquiry/clock/service-levels.ts';
import type { VerdictRecord } from '../../core/inquiry/clock/verdict.ts';
import type { InquiryLedger } from '../../core/inquiry/ports.ts';
import { isRefusal, type Refusal, refuse } from '../../core/inquiry/refusal.ts';
import type { Terms, TermsInForce } from '../../core/inquiry/terms/terms.ts';
import type { InquiryId, Instant } from '../../core/inquiry/values/ids.ts';
import type { Job, JobLineResult } from '../../core/job/job.ts';
import {
  type JobNotes,
  type JobWork,
  type LineWork,
  resultNoteName,
} from '../../core/job/ports.ts';
import type { AlarmIndex } from '../../core/sla/ports.ts';
import { compareReports } from '../../core/sla/report/compare-reports.ts';
import { buildMonthReport } from '../../core/sla/report/month-report.ts';
import {
  findReportDesks,
  readMonthRecords,
  reportRecordLimit,
} from '../../core/sla/report/report-month.ts';
import type { MonthRecords } from '../../core/sla/report/report-ports.ts';
import {
  findRestatementFault,
  RestatementRequest,
  restateRecords,
} from '../../core/sla/report/restate-records.ts';
import { nextMonthOf, previousMonthOf } from '../../core/sla/report-months.ts';

/** A row of the job is this many inquiries, whose events are read in parallel. */
export const inquiriesPerRow = 10;
/** The longest inquiries have some hundred events. */
const eventLimit = 10_000;

const inquiriesNote = 'inquiries';
const makeRowNoteName = (row: number) => `row-${String(row).padStart(6, '0')}`;

type RestatementDependencies = {
  readonly people: Pick<PersonRegistry, 'bySub'>;
  readonly notes: JobNotes;
  readonly records: MonthRecords;
  readonly alarms: Pick<AlarmIndex, 'findDue'>;
  readonly ledger: Pick<InquiryLedger, 'events'>;
  readonly terms: TermsInForce;
};

type RestatementTask = RestatementRequest & {
  readonly job: Job;
  readonly terms: Terms;
  readonly others: ServiceLevels;
  readonly inquiries: readonly InquiryId[];
};

/**
 * Restates a month by other policies or calendars, some inquiries a row, and finally compares the
 * recorded month with the restated one, as of the job's start.
 *
 * The inquiries are those with a record in the month or a month beside it, and those open when the
 * job began. One without a record in these three months that was closed by then is not found: no
 * index leads to it from a month.
 */
export class RestatementWork implements JobWork {
  readonly #dependencies: RestatementDependencies;

  constructor(deps: RestatementDependencies) {
    this.#dependencies = deps;
  }

  async open(job: Job): Promise<LineWork | Refusal> {
    const by = await this.#dependencies.people.bySub(job.startedBy);
    if (by?.role !== 'lead' || by.state !== 'active') {
      return refuse('access.forbidden', 'Who started it may not do this any more.');
    }
    const request = RestatementRequest.parse(JSON.parse(job.input));
    const terms = await this.#dependencies.terms.read();
    const fault = findRestatementFault(terms.serviceLevels, request, job.createdAt);
    const others = terms.serviceLevels.restateWith(request);
    if (fault !== undefined || others === undefined) {
      return refuse('invalid.body', fault?.detail ?? 'There is no such version.');
    }
    const inquiries = await this.#inquiries(job, request, terms);
    if (isRefusal(inquiries)) return inquiries;
    const task = { ...request, job, terms, others, inquiries };
    const rows = Math.ceil(inquiries.length / inquiriesPerRow);
    return {
      total: rows + 1,
      runLine: async (index): Promise<JobLineResult> => {
        if (index < rows) await this.#restateRow(task, index);
        else await this.#conclude(task);
        return { line: index + 1, outcome: 'restated' };
      },
    };
  }

  /** Lists the same inquiries in each run: the first run finds and notes them. */
  async #inquiries(
    job: Job,
    { month }: RestatementRequest,
    terms: Terms,
  ): Promise<readonly InquiryId[] | Refusal> {
    const [noted] = await this.#dependencies.notes.find(job.id, inquiriesNote);
    if (noted !== undefined) return JSON.parse(noted) as InquiryId[];
    const ids = new Set<InquiryId>();
    const desks = [...findReportDesks(terms, job.createdAt), undefined];
    for (const one of [previousMonthOf(month), month, nextMonthOf(month)]) {
      const records = await readMonthRecords(
        this.#dependencies.records,
        one,
        desks,
        reportRecordLimit,
      );
      if (isRefusal(records)) return records;
      for (const { verdict } of records) ids.add(verdict.inquiryId);
    }
    for await (const alarms of this.#dependencies.alarms.findDue(firstInstant, lastInstant)) {
      for (const alarm of alarms) if (alarm.kind === 'inquiry') ids.add(alarm.inquiryId);
    }
    const inquiries = [...ids].sort();
    await this.#dependencies.notes.save(job, inquiriesNote, JSON.stringify(inquiries));
    return inquiries;
  }

  async #restateRow(
    { job, month, others, inquiries }: RestatementTask,
    row: number,
  ): Promise<void> {
    const start = row * inquiriesPerRow;
    const restated = await Promise.all(
      inquiries.slice(start, start + inquiriesPerRow).map(async (id) => {
        const recorded = await this.#dependencies.ledger.events(id, 0, eventLimit);
        const events = recorded.map(({ event }) => event);
        return restateRecords(id, events, others, month, job.createdAt);
      }),
    );
    await this.#dependencies.notes.save(job, makeRowNoteName(row), JSON.stringify(restated.flat()));
  }

  async #conclude({ job, terms, others, inquiries, ...request }: RestatementTask): Promise<void> {
    const { month } = request;
    const desks = [...findReportDesks(terms, job.createdAt), undefined];
    const [recorded, notes] = await Promise.all([
      readMonthRecords(this.#dependencies.records, month, desks, reportRecordLimit),
      this.#dependencies.notes.find(job.id, 'row-'),
    ]);
    if (isRefusal(recorded)) throw new RangeError(recorded.detail);
    const restated = notes.flatMap((note) => JSON.parse(note) as VerdictRecord[]);
    const common = { month, asOf: job.createdAt };
    const result = compareReports(
      request,
      buildMonthReport({ ...common, records: recorded, serviceLevels: terms.serviceLevels }),
      buildMonthReport({ ...common, records: restated, serviceLevels: others }),
      inquiries.length,
    );
    await this.#dependencies.notes.save(job, resultNoteName, JSON.stringify(result));
  }
}

const firstInstant = '1970-01-01T00:00:00.000Z' as Instant;
/** Greater than every alarm, including that of an inquiry for which nothing is due. */
const lastInstant = '9999-12-31T23:59:59.999Z' as Instant;
