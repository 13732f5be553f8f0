import type { HostClock } from '../clock.ts';
import { formatTokyoTime } from './format-time.ts';
import { type DemoOptions, makeDemoContext, makeSceneRunner } from './make-demo-context.ts';
import { missPickup } from './scenes/miss-pickup.ts';
import { printMonthReport, reviewMissedPickup } from './scenes/print-month-report.ts';
import { reportPresence } from './scenes/report-presence.ts';
import { askBeforeWeekend, explainResolution, warnHolder } from './scenes/wait-over-weekend.ts';
import { addTimeControl, type TimedDemoContext } from './timed-demo-context.ts';

/** A Friday in office hours; the Monday after it is a holiday. */
export const SERVICE_LEVELS_BEGIN = new Date('2026-11-20T09:05:00+09:00');

/**
 * Plays service levels from a Friday to the Tuesday after a long weekend, on a host whose clock may
 * be set ahead; everything else goes through SMTP and HTTP.
 * @returns what is wrong; empty when all is well
 */
export async function playServiceLevels(
  options: DemoOptions & { clock: HostClock },
): Promise<string[]> {
  const { clock, print } = options;
  const context: TimedDemoContext = addTimeControl(
    makeDemoContext(options, clock.date, () => formatTokyoTime(clock.date())),
    clock,
  );
  const { runScene, faults } = makeSceneRunner(print);
  print('\nService levels, on a host and a clock of their own; all times are those of Tokyo.');
  await runScene('The desks are open', async () => {
    await reportPresence(context);
    await context.api.request('lead-1', 'PUT', '/v1/agents/me/presence', { presence: 'away' });
    context.tell('lead-1', 'is out, and reads mail on the way');
  });
  await runScene('An urgent mail, and nobody takes it up', () => missPickup(context));
  await runScene('A warning, in good time', () => warnHolder(context));
  await runScene('A question over a long weekend', () => askBeforeWeekend(context));
  await runScene('An account of the time', () => explainResolution(context));
  await runScene('A review', () => reviewMissedPickup(context));
  await runScene('The report of November', () => printMonthReport(context, print));
  return faults;
}
