import {
  expectOne,
  type HelpDesk,
  type Json,
  type MailboxMail,
  startHelpDesk,
} from '../support/help-desk-host.ts';
import { commandInquiry, readHolderAddress } from './play-mails.ts';

/** Texts that route to staff as `high`, to the vendor as `high`, or as `medium`. */
export const outageText = '全社でつながりません。';
export const urgentText = '至急、印刷できるようにしてください。';
export const ordinaryText = '印刷できません。';

/** A wall time in Tokyo such as `2026-11-24 10:00`. */
export function tokyoDate(text: string): Date {
  return new Date(`${text.replace(' ', 'T')}+09:00`);
}

/** So many seconds after an instant, in the form in which clocks show it. */
export function computeClockTimeAfter(instant: string, seconds: number): string {
  return new Date(Math.floor(Date.parse(instant) / 1000) * 1000 + seconds * 1000).toISOString();
}

/** Seconds of a duration such as `PT1H30M`. */
export function parseIsoSeconds(duration: string): number {
  const [, hours = 0, minutes = 0, seconds = 0] =
    /^PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?$/.exec(duration) ?? [];
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}

/** Starts a help desk at an instant; its lead is away and therefore assigned nothing. */
export async function startHelpDeskAt(instant: Date, webhookExceptions: readonly string[] = []) {
  const desk = await startHelpDesk({ clock: { at: instant }, webhookExceptions });
  await desk.call('lead-1', 'PUT /v1/agents/me/presence', { presence: 'away' });

  async function read(id: string, as = 'lead-1'): Promise<Json> {
    return (await desk.call(as, `GET /v1/inquiries/${id}`)).body;
  }

  return {
    ...desk,
    read,
    /** Sets the clock to an instant, or a little later, with all that follows. */
    passTo: async (to: Date | string): Promise<void> => {
      const seconds = (new Date(to).getTime() - desk.host.clock.now()) / 1000;
      if (seconds < 0) throw new Error(`It is ${desk.host.clock.date().toISOString()} already.`);
      await desk.pass(seconds);
    },
    /** Opens an inquiry by mail. */
    open: async (from: string, text: string, subject = '件名'): Promise<Json> => {
      const messageId = await desk.send({ from, subject, text });
      await desk.idle();
      return desk.inquiryOf(messageId);
    },
    clockOf: async (id: string, name: string, as = 'lead-1'): Promise<Json> =>
      findClockView(await read(id, as), name),
    explain: async (id: string, name: string, as = 'lead-1'): Promise<Json> =>
      (await desk.call(as, `GET /v1/inquiries/${id}/clocks/${name}/explain`)).body,
    /** The mails to somebody that name an inquiry. */
    mailsOf: async (address: string, { number }: Json): Promise<MailboxMail[]> =>
      (await desk.mailbox(address)).filter(({ headers }) => headers['subject']?.includes(number)),
    /** Withdraws what a test has opened, so that its alarms fire in no other. */
    withdraw: async ({ id }: Json): Promise<void> => {
      await desk.call('lead-1', `POST /v1/inquiries/${id}/withdraw`, {});
      await desk.idle();
    },
    /** The newest version of a document, with its ETag. */
    config: async (kind: 'calendars' | 'policies'): Promise<{ document: Json; etag: string }> => {
      const { body, headers } = await desk.call('lead-1', `GET /v1/config/${kind}`);
      return { document: body.document, etag: String(headers.get('etag')) };
    },
  };
}
export type ServiceLevelDesk = Awaited<ReturnType<typeof startHelpDeskAt>>;

/** An inquiry's clock as a route shows it. */
export function findClockView(inquiry: Json, name: string): Json {
  return expectOne((inquiry.clocks as Json[]).filter(({ clock }) => clock === name));
}

/** Has the assigned agent accept an inquiry; returns their name and address. */
export async function acceptAssignedInquiry(
  desk: HelpDesk,
  inquiry: Json,
): Promise<[string, string]> {
  const address = await readHolderAddress(desk, { inquiry } as never);
  const name = address.replace(/@.*/, '');
  await commandInquiry(desk, name, { inquiry }, 'heartbeat');
  await desk.idle();
  return [name, address];
}

/** The seconds that count in an account's intervals, and those carried into it. */
export function sumCountedSeconds({ carried, stretches }: Json): number {
  return (stretches as Json[]).reduce(
    (sum, { counted }) => sum + parseIsoSeconds(counted),
    parseIsoSeconds(carried),
  );
}
