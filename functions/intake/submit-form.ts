import * as z from 'zod';
import { recordByRole } from '../../core/access/access-record.ts';
import { isAgentRole } from '../../core/access/person.ts';
import type { PersonRegistry } from '../../core/access/ports.ts';
import {
  type CommandDependencies,
  IdempotencyConflict,
  planAppend,
} from '../../core/inquiry/decide-and-append.ts';
import { isRefusal, refuse } from '../../core/inquiry/refusal.ts';
import { StageDesks } from '../../core/inquiry/terms/desk.ts';
import type { TermsInForce } from '../../core/inquiry/terms/terms.ts';
import type { InquiryId, Instant } from '../../core/inquiry/values/ids.ts';
import { makeInquiryNumber } from '../../core/inquiry/values/inquiry-number.ts';
import { checkFormFields, type Form } from '../../core/intake/form/forms.ts';
import { openInquiryByForm } from '../../core/intake/form/open-inquiry-by-form.ts';
import { shippedForms } from '../../core/intake/form/shipped-forms.ts';
import type { Uploads } from '../../core/intake/form/uploads.ts';
import * as contracts from '../contract/intake.ts';
import {
  buildAnswerRecord,
  defineRoute,
  type HttpHandler,
  type HttpOptions,
  type HttpRequest,
  makeHttpHandler,
  type SignedInPerson,
} from '../edge/http/http.ts';
import { logStep } from '../edge/telemetry/telemetry.ts';

export const Env = z.object({
  TABLE_NAME: z.string(),
  CONTENT_BUCKET: z.string(),
  SIGNING_SECRET_ARN: z.string(),
  PUBLIC_URL: z.url(),
  MAIL_DOMAIN: z.string(),
  DESKS: StageDesks,
});
export type Env = z.infer<typeof Env>;

export type SubmitFormDependencies = CommandDependencies & {
  readonly env: Pick<Env, 'MAIL_DOMAIN'>;
  readonly terms: TermsInForce;
  readonly people: PersonRegistry;
  readonly uploads: Uploads;
  /** The link to the inquiry's status page. */
  readonly statusUrl: (id: InquiryId, now: Instant) => Promise<string>;
};

const attemptLimit = 5;

/** Makes the routes that list the forms, read one and submit one. */
export function makeHandler(
  deps: SubmitFormDependencies & Omit<HttpOptions, 'routes'>,
): HttpHandler {
  return makeHttpHandler({
    ...deps,
    routes: [listFormsRoute, readFormRoute, makeSubmitFormRoute(deps)],
  });
}

const listFormsRoute = defineRoute(contracts.listForms, async ({ actor }) => ({
  status: 200,
  body: { items: shippedForms.filter((form) => canUseForm(actor, form)).map(viewForm), next: null },
}));

const readFormRoute = defineRoute(contracts.readForm, async ({ actor, params }) => {
  const form = findForm(params.form, actor);
  return form === undefined
    ? refuseUnknownForm(params.form)
    : { status: 200, body: viewForm(form) };
});

function makeSubmitFormRoute(deps: SubmitFormDependencies & Omit<HttpOptions, 'routes'>) {
  return defineRoute(contracts.submitForm, async (request) => {
    const { actor, body, now } = request;
    const form = findForm(body.form, actor);
    if (form === undefined) return refuseUnknownForm(body.form);
    const faults = checkFormFields(form, body.fields);
    if (faults.length > 0) {
      return {
        ...refuse('invalid.form', 'The fields do not fit the form.'),
        errors: faults.map(({ pointer, detail }) => ({
          in: 'body' as const,
          pointer: `/fields${pointer}`,
          detail,
        })),
      };
    }
    const requester = await findRequester(deps.people, request);
    if (requester === undefined) {
      return refuse('access.forbidden', 'Only staff, leads and systems submit for somebody else.');
    }
    const terms = await deps.terms.read();
    for (let attempt = 0; attempt < attemptLimit; attempt += 1) {
      const id = deps.random.inquiryId(now);
      const attachments = await deps.uploads.attach(actor.sub, body.attachments ?? [], id);
      if (isRefusal(attachments)) return attachments;
      const number = makeInquiryNumber(deps.random.bytes(8));
      const statusUrl = await deps.statusUrl(id, now);
      const seen = [recordByRole({ id, number })];
      const result = { status: 201, body: { id, number, status: 'new', statusUrl }, seen } as const;
      const answerRecord = buildAnswerRecord(request.answerKey, {
        ...result,
        location: `/v1/inquiries/${id}`,
      });
      const decision = openInquiryByForm(
        {
          ...{ form, fields: body.fields, attachments, submitter: actor, requester, number },
          messageId: deps.random.id(now),
          mailDomain: deps.env.MAIL_DOMAIN,
        },
        terms,
        now,
      );
      const pendingAppend = planAppend(
        id,
        undefined,
        {
          ...decision,
          ...(answerRecord === undefined ? {} : { idempotencyRecords: [answerRecord] }),
          receipt: {
            id,
            at: now,
            channel: 'form',
            fates: [{ fate: 'opened', inquiryId: id, at: now }],
          },
        },
        terms,
        now,
      );
      if (isRefusal(pendingAppend)) return pendingAppend;
      const outcome = await deps.ledger.append(pendingAppend);
      if (outcome.appended) {
        logStep(deps.logger, { step: 'intake.opened', channel: 'form', number, inquiryId: id });
        return { ...result, location: `/v1/inquiries/${id}`, ...storedWith(answerRecord) };
      }
      if (outcome.conflict === 'once') throw new IdempotencyConflict('once');
    }
    return refuse('transient.conflict', 'No free number was found; try again.');
  });
}

function storedWith(answerRecord: unknown): { stored?: true } {
  return answerRecord === undefined ? {} : { stored: true };
}

/** Finds the requester; undefined when the caller may not submit for somebody else. */
async function findRequester(
  people: PersonRegistry,
  { actor, body }: HttpRequest<typeof contracts.submitForm>,
) {
  const { onBehalfOf } = body;
  if (onBehalfOf === undefined || onBehalfOf === actor.address) return actor;
  if (!isAgentRole(actor.role) && actor.role !== 'system') return undefined;
  return (await people.byAddress(onBehalfOf)) ?? { address: onBehalfOf };
}

/** Systems may use their own forms only; people may use all. */
function canUseForm(actor: SignedInPerson, { form }: Form): boolean {
  return actor.role !== 'system' || actor.forms.includes(form);
}

function findForm(id: string, actor: SignedInPerson): Form | undefined {
  return shippedForms.find((form) => form.form === id && canUseForm(actor, form));
}

function refuseUnknownForm(id: string) {
  return refuse('intake.unknown-form', `There is no form ${id}.`);
}

function viewForm({ form, version, title, description, schema }: Form) {
  return {
    ...{ form, version, title, schema },
    ...(description === undefined ? {} : { description }),
  };
}
