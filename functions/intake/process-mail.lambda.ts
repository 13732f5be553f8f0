import { now } from '../edge/clock.wiring.ts';
import { makeLogger, makeMeter } from '../edge/telemetry/telemetry.ts';
import { wireMailIntake } from './mail-intake.wiring.ts';
import { Env, makeHandler } from './process-mail.ts';

export const handler = makeHandler({
  ...wireMailIntake(Env.parse(process.env)),
  logger: makeLogger(),
  meter: makeMeter('intake'),
  now,
});
