import { availableParallelism } from 'node:os';
import { measureAlarmBursts } from './alarm-burst.ts';
import { measureBundles } from './bundles.ts';
import { measureAgainstMoment, measureCalendar, measureCalendarCompile } from './calendar.ts';
import { type ExpiryFigure, measureExpiry, type WorklistTimes } from './expiry.ts';
import { measureInquiryLife } from './inquiry-life.ts';
import { measureMailIntake, measureMailLatency } from './mail-intake.ts';
import { measureRouting } from './routing.ts';
import { measureSimulation } from './simulation.ts';
import { measureSlaReport } from './sla-report.ts';

const known = [
  'calendar',
  'routing',
  'mail-intake',
  'mail-latency',
  'inquiry-life',
  'sla-report',
  'alarm-burst',
  'simulation',
  'expiry',
  'bundles',
] as const;
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !known.some((one) => one === name));
if (unknown.length > 0) {
  console.error(`There is no figure ${unknown.join(', ')}. There are: ${known.join(', ')}.`);
  process.exit(1);
}
const isWanted = (name: (typeof known)[number]) => wanted.length === 0 || wanted.includes(name);

console.log(`Node ${process.version}, ${availableParallelism()} processors\n`);
if (isWanted('calendar')) {
  console.log('Compiling a calendar of 25 years\n');
  console.log('| zone | first ms | later ms |');
  console.log('| --- | --: | --: |');
  for (const { zone, firstMilliseconds, laterMilliseconds } of measureCalendarCompile()) {
    console.log(`| ${zone} | ${firstMilliseconds.toFixed(1)} | ${laterMilliseconds.toFixed(1)} |`);
  }
  console.log('\nQuestions to a calendar, beside a loop with temporal-polyfill\n');
  console.log('| zone | question | ns | loop, ns | ratio |');
  console.log('| --- | --- | --: | --: | --: |');
  for (const figure of measureCalendar()) {
    const { zone, question, nanosecondsPerCall, loopNanosecondsPerCall } = figure;
    const ratio = loopNanosecondsPerCall / nanosecondsPerCall;
    const figures = [nanosecondsPerCall, loopNanosecondsPerCall, ratio].map((one) =>
      one.toFixed(0),
    );
    console.log(`| ${[zone, question, ...figures].join(' | ')} |`);
  }
  console.log('\nThe same without a break, beside moment-business-time\n');
  console.log('| zone | question | ns | moment, ns | ratio |');
  console.log('| --- | --- | --: | --: | --: |');
  for (const figure of measureAgainstMoment()) {
    const { zone, question, nanosecondsPerCall, momentNanosecondsPerCall } = figure;
    const ratio = momentNanosecondsPerCall / nanosecondsPerCall;
    const figures = [nanosecondsPerCall, momentNanosecondsPerCall, ratio].map((one) =>
      one.toFixed(0),
    );
    console.log(`| ${[zone, question, ...figures].join(' | ')} |`);
  }
  console.log();
}
if (isWanted('routing')) {
  console.log('Routing one inquiry by a rule set, beside two engines of rules\n');
  console.log(
    '| rules | µs | json-logic-engine, µs | ratio | json-rules-engine, µs | ratio | compiling, ms |',
  );
  console.log('| --: | --: | --: | --: | --: | --: | --: |');
  for (const figure of await measureRouting()) {
    const { rules, microseconds, jsonLogicMicroseconds, jsonRulesMicroseconds } = figure;
    const beside = [jsonLogicMicroseconds, jsonRulesMicroseconds].flatMap((one) => [
      one,
      one / microseconds,
    ]);
    const figures = [microseconds, ...beside, figure.compileMilliseconds];
    console.log(`| ${[rules, ...figures.map((one) => one.toFixed(1))].join(' | ')} |`);
  }
  console.log();
}
if (isWanted('mail-intake')) {
  console.log('From SMTP acceptance to claimable, on the one-machine host\n');
  console.log('| acknowledged | connections | mails | mails/s | CPU ms per mail |');
  console.log('| --- | --: | --: | --: | --: |');
  for (const acknowledged of [false, true]) {
    for (const connections of [1, 8, 32]) {
      const mails = connections === 1 ? 300 : 600;
      const figure = await measureMailIntake(connections, mails, acknowledged);
      const speed = figure.mailsPerSecond.toFixed(1);
      const cpu = figure.cpuMillisecondsPerMail.toFixed(1);
      const answered = acknowledged ? 'yes' : 'no';
      console.log(`| ${answered} | ${connections} | ${mails} | ${speed} | ${cpu} |`);
    }
  }
  console.log();
}
if (isWanted('mail-latency')) {
  const latencies = await measureMailLatency(20);
  const at = (share: number) => latencies[Math.ceil(latencies.length * share) - 1]?.toFixed(0);
  console.log('From the end of the SMTP session to claimable, one mail at a time, idle host\n');
  console.log(`median ${at(0.5)} ms, 95th percentile ${at(0.95)} ms, longest ${at(1)} ms\n`);
}
if (isWanted('inquiry-life')) {
  console.log("An inquiry's life in request units and SDK calls\n");
  console.log('| step | read units | write units | DynamoDB | SQS | S3 | SES |');
  console.log('| --- | --: | --: | --: | --: | --: | --: |');
  for (const step of await measureInquiryLife()) {
    const { reads, writes, calls } = step;
    const counts = ['dynamodb', 'sqs', 's3', 'ses'].map((name) => calls.get(name) ?? 0);
    console.log(`| ${[step.step, reads.toFixed(1), writes.toFixed(1), ...counts].join(' | ')} |`);
  }
}
if (isWanted('sla-report')) {
  console.log("A month's report of service levels, on the embedded engine\n");
  console.log('| records | ms | CPU ms without the engine | answer, KB |');
  console.log('| --: | --: | --: | --: |');
  for (const figure of await measureSlaReport([5_000, 20_000, 100_000])) {
    const { records, milliseconds, cpuMilliseconds, answerBytes } = figure;
    const figures = [milliseconds, cpuMilliseconds, answerBytes / 1_000];
    console.log(`| ${[records, ...figures.map((one) => one.toFixed(0))].join(' | ')} |`);
  }
}
if (isWanted('alarm-burst')) {
  console.log('\nClocks that fall due together: detection in seconds after the deadline\n');
  console.log(
    '| burst | median | 95th percentile | longest | breaches | verdicts | wrong | mails | CPU ms |',
  );
  console.log('| --- | --: | --: | --: | --: | --: | --: | --: | --: |');
  for (const figure of await measureAlarmBursts()) {
    const { burst, detectionSeconds, breaches, verdicts, wrong, mails } = figure;
    const at = (share: number) =>
      detectionSeconds[Math.ceil(detectionSeconds.length * share) - 1]?.toFixed(2);
    const cpu = figure.cpuMillisecondsPerClock.toFixed(1);
    const figures = [at(0.5), at(0.95), at(1), breaches, verdicts, wrong, mails, cpu];
    console.log(`| ${[burst, ...figures].join(' | ')} |`);
  }
}
if (isWanted('simulation')) {
  console.log('\nRouting a past month again, on the one-machine host\n');
  console.log('| rules | inquiries | differing | s | CPU s of the host and its engines |');
  console.log('| --- | --: | --: | --: | --: |');
  for (const figure of await measureSimulation()) {
    const { rules, inquiries, differing, milliseconds, cpuMilliseconds } = figure;
    const seconds = [milliseconds, cpuMilliseconds].map((one) => (one / 1000).toFixed(1));
    console.log(`| ${[rules, inquiries, differing, ...seconds].join(' | ')} |`);
  }
}
if (isWanted('expiry')) {
  console.log('\nA worklist without and during the deletion of expired items, in ms\n');
  console.log(
    '| inquiries | without: median | 95th percentile | longest | during: median | 95th percentile | longest | ratio | deleted | trimmed | s |',
  );
  console.log('| --: | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: |');
  const at = (times: WorklistTimes, share: number) =>
    times[Math.ceil(times.length * share) - 1] ?? Number.NaN;
  const three = (times: WorklistTimes) =>
    [0.5, 0.95, 1].map((share) => at(times, share).toFixed(0));
  for (const figure of await measureExpiry([10_000, 100_000])) {
    const { inquiries, without, during, deleted, expired, trimmed, seconds }: ExpiryFigure = figure;
    const ratio = (at(during, 0.95) / at(without, 0.95)).toFixed(2);
    const rest = [ratio, `${deleted} of ${expired}`, trimmed, seconds.toFixed(0)];
    console.log(`| ${[inquiries, ...three(without), ...three(during), ...rest].join(' | ')} |`);
  }
}
if (isWanted('bundles')) {
  const earlier = process.env['BENCH_BEFORE'];
  console.log('\nBundles of the functions: KB at the start (in all), and CPU ms of the import\n');
  console.log('| function | KB before | KB | in all | ratio | CPU ms before | CPU ms | ratio |');
  console.log('| --- | --: | --: | --: | --: | --: | --: | --: |');
  for (const { useCase, now, before } of await measureBundles(11, earlier)) {
    const kilobytes = [before?.startBytes, now.startBytes, now.allBytes].map((bytes) =>
      bytes === undefined ? '' : (bytes / 1000).toFixed(0),
    );
    const cpu = [before?.cpuMilliseconds, now.cpuMilliseconds].map((ms) => ms?.toFixed(0) ?? '');
    const ratio = (one: number, other: number | undefined) =>
      other === undefined ? '' : (one / other).toFixed(2);
    const sizeRatio = ratio(now.startBytes, before?.startBytes);
    const cpuRatio = ratio(now.cpuMilliseconds, before?.cpuMilliseconds);
    console.log(`| ${[useCase, ...kilobytes, sizeRatio, ...cpu, cpuRatio].join(' | ')} |`);
  }
}
// The in-process host leaves a few timers behind that would keep a finished bench alive.
process.exit(0);
