import * as z from 'zod';
import { EmailAddress } from '../../core/inquiry/values/ids.ts';
import { defineContract } from '../edge/http/route-contract.ts';
import { JobView } from './api-schemas.ts';

/** As `ErasureInput` of the capability, which contracts do not know. */
const ErasureBody = z.strictObject({
  mode: z.enum(['erase', 'anonymize']).meta({
    description:
      '`erase` removes what the person wrote and sent. `anonymize` keeps texts, without address, number and full name; it is for agents, whose answers belong to those who asked.',
  }),
  dryRun: z.boolean().default(false).meta({
    description: 'Only counts what would go, and lists the inquiries. Nothing refuses it.',
  }),
  reference: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._/-]{0,63}$/)
    .optional()
    .meta({ description: 'The request in your own files. It is kept; it names nobody.' }),
});

export const erasePerson = defineContract({
  method: 'POST',
  path: '/v1/people/{address}/erase',
  tag: 'people',
  auth: 'token',
  roles: ['lead'],
  params: z.strictObject({ address: EmailAddress }),
  body: ErasureBody,
  audit: { action: 'erase-person', what: 'none', object: { in: 'body', field: 'reference' } },
  summary: { en: 'Erase a person', ja: '個人情報の消去' },
  description:
    'Everywhere: registry, inquiries with their events, bodies, files and raw mails, notices, configuration, audit and jobs. A pseudonym, the same everywhere, takes the place of the person, so that figures stay as they are. The person may be unknown to the registry, such as an external sender. The job goes over everything until it finds nothing more, which takes some ten minutes at least, and says then what it has changed, by kind and without a name. It cannot be undone. Nobody erases themselves. A dry run does not change anything; its result lists the inquiries that the person brought or took part in.',
  answers: { 202: JobView },
  refusals: [
    'people.unknown',
    'people.not-offboarded',
    'people.open-inquiries',
    'people.still-named',
  ],
  idempotent: true,
  concurrency: false,
});
