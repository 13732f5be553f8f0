import { addSeconds, type InquiryId, type Instant } from '../../inquiry/values/ids.ts';

/** One automatic mail to an address. */
export type AutomaticSending = { readonly at: Instant; readonly inquiryId: InquiryId };

type SendingWindow = { readonly seconds: number; readonly count: number };

const windowsPerInquiry: readonly SendingWindow[] = [
  { seconds: 600, count: 10 },
  { seconds: 1800, count: 15 },
  { seconds: 3600, count: 25 },
  { seconds: 86_400, count: 100 },
];

/**
 * How much more an address may get about all inquiries together. An agent of a push desk may well
 * be assigned ten inquiries at once and be notified of twenty others; an automatic system that
 * opens a new inquiry with each answer is stopped after thirty.
 */
const overallFactor = 3;

/** The longest window; earlier sendings do not count. */
const memorySeconds = 86_400;

/**
 * Finds the full window that forbids another automatic mail to the address; undefined if none does.
 *
 * `10 in 600 s of one inquiry` means ten mails about the inquiry within 600 seconds.
 */
export function findFullWindow(
  sendings: readonly AutomaticSending[],
  inquiryId: InquiryId,
  now: Instant,
): string | undefined {
  const inquirySendings = sendings.filter((sending) => sending.inquiryId === inquiryId);
  return (
    findFirstFullWindow(inquirySendings, 1, now, 'of one inquiry') ??
    findFirstFullWindow(sendings, overallFactor, now, 'in all')
  );
}

function findFirstFullWindow(
  sendings: readonly AutomaticSending[],
  factor: number,
  now: Instant,
  scope: string,
): string | undefined {
  const fullWindow = windowsPerInquiry.find(({ seconds, count }) => {
    const since = addSeconds(now, -seconds);
    return sendings.filter((sending) => sending.at > since).length >= count * factor;
  });
  return fullWindow && `${fullWindow.count * factor} in ${fullWindow.seconds} s ${scope}`;
}

/**
 * Adds a sending and drops those too old to count: never more than 300, since nothing is added once
 * a window is full.
 */
export function addSending(
  sendings: readonly AutomaticSending[],
  added: AutomaticSending,
): AutomaticSending[] {
  const since = addSeconds(added.at, -memorySeconds);
  return [...sendings.filter((sending) => sending.at > since), added];
}
