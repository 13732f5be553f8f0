import { availableParallelism } from 'node:os';
import { measureLife } from './inquiry-life.ts';
import { measureMailIntake } from './mail-intake.ts';

const known = ['mail-intake', 'inquiry-life'] as const;
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !known.some((one) => one === name));
if (unknown.length > 0) {
  console.error(`There is no figure ${unknown.join(', ')}. There are: ${known.join(', ')}.`);
  process.exit(1);
}
const isWanted = (name: (typeof known)[number]) => wanted.length === 0 || wanted.includes(name);

console.log(`Node ${process.version}, ${availableParallelism()} processors\n`);
if (isWanted('mail-intake')) {
  console.log('From SMTP acceptance to claimable, on the one-machine host\n');
  console.log('| connections | mails | mails/s | CPU ms per mail |');
  console.log('| --: | --: | --: | --: |');
  for (const connections of [1, 8, 32]) {
    const figure = await measureMailIntake(connections, connections === 1 ? 300 : 600);
    const speed = figure.mailsPerSecond.toFixed(1);
    const cpu = figure.cpuMillisecondsPerMail.toFixed(1);
    console.log(`| ${connections} | ${figure.mails} | ${speed} | ${cpu} |`);
  }
  console.log();
}
if (isWanted('inquiry-life')) {
  console.log("An inquiry's life in request units and SDK calls\n");
  console.log('| step | read units | write units | DynamoDB | SQS | S3 | SES |');
  console.log('| --- | --: | --: | --: | --: | --: | --: |');
  for (const step of await measureLife()) {
    const { reads, writes, calls } = step;
    const counts = ['dynamodb', 'sqs', 's3', 'ses'].map((name) => calls.get(name) ?? 0);
    console.log(`| ${[step.step, reads.toFixed(1), writes.toFixed(1), ...counts].join(' | ')} |`);
  }
}
// The in-process host leaves a few timers behind that would keep a finished bench alive.
process.exit(0);
