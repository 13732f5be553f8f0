import { startFixture } from './start-fixture.ts';

const [, , dataDir = ''] = process.argv;
const { smtpPort } = await startFixture({ dataDir });
process.stdout.write(`smtp ${smtpPort}\n`);
