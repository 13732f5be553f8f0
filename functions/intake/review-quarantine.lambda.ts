import { DynamoInquiryIndex } from '../../adapters/dynamo/inquiry/dynamo-inquiry-index.ts';
import { wireHttp } from '../edge/edge.wiring.ts';
import { wireMailIntake } from './mail-intake.wiring.ts';
import { Env, makeHandler } from './review-quarantine.ts';

const { table, signing, intakeNow } = wireMailIntake(Env.parse(process.env));

export const handler = makeHandler({
  ...wireHttp('intake', table),
  intakeNow,
  index: new DynamoInquiryIndex(table),
  cursorKeys: signing,
});
