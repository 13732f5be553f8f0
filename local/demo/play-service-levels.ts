import type { HostClock } from '../clock.ts';
import { tokyoTime } from './format-time.ts';
import { type DemoOptions, openPlay, setStage } from './make-demo-context.ts';
import { missPickup } from './scenes/miss-pickup.ts';
import { reportMonth, reviewBreach } from './scenes/print-month-report.ts';
import { arrive } from './scenes/report-presence.ts';
import { askBeforeWeekend, explainResolution, warnHolder } from './scenes/wait-over-weekend.ts';
import { type TimedStage, timed } from './timed-demo-context.ts';

/** A Friday in office hours; the Monday after it is a holiday. */
export const LEVELS_BEGIN = new Date('2026-11-20T09:05:00+09:00');

/**
 * Plays service levels from a Friday to the Tuesday after a long weekend, on a host whose clock may
 * be set ahead; everything else goes through SMTP and HTTP.
 * @returns what is not as it should be; empty when all is well.
 */
export async function playLevels(options: DemoOptions & { clock: HostClock }): Promise<string[]> {
  const { clock, print } = options;
  const stage: TimedStage = timed(
    setStage(options, clock.date, () => tokyoTime(clock.date())),
    clock,
  );
  const { scene, faults } = openPlay(print);
  print('\nService levels, on a host and a clock of their own; all times are those of Tokyo.');
  await scene('The desks are open', async () => {
    await arrive(stage);
    await stage.door.ask('lead-1', 'PUT', '/v1/agents/me/presence', { presence: 'away' });
    stage.tell('lead-1', 'is out, and reads mail on the way');
  });
  await scene('An urgent mail, and nobody takes it up', () => missPickup(stage));
  await scene('A warning, in good time', () => warnHolder(stage));
  await scene('A question over a long weekend', () => askBeforeWeekend(stage));
  await scene('An account of the time', () => explainResolution(stage));
  await scene('A review', () => reviewBreach(stage));
  await scene('The report of November', () => reportMonth(stage, print));
  return faults;
}
