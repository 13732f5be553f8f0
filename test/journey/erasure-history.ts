import { gunzipSync } from 'node:zlib';
import PostalMime from 'postal-mime';
import { makeDynamoClient } from '../../adapters/sdk/aws-clients.ts';
import { makeS3Client } from '../../adapters/sdk/s3-client.ts';
import { type HelpDesk, helpAddress, type Json, makeMessageId } from '../support/help-desk-host.ts';
import { readWholeStore, type StoredItem, type WholeStore } from '../support/whole-store.ts';

/** Who is erased. */
export const taro = {
  address: 'taro.yamada@toritsugi.example',
  sub: 'demo-taro.yamada',
  name: '山田 太郎',
  phone: '090-1234-5678',
} as const;

/** People whom a careless search would take for the person. */
export const others = {
  namesake: { address: 'yamada-2@toritsugi.example', sub: 'demo-yamada-2', name: '山田 太郎' },
  longer: { address: 'taro.yamada@toritsugi.example.net', name: 'Taro Net' },
  ending: { address: 'ken-taro.yamada@toritsugi.example', sub: 'demo-taro.yamada-2', name: 'Ken' },
} as const;

export type History = {
  /** Inquiries of the person, and one in which they took part. */
  readonly own: readonly Json[];
  readonly part: Json;
  /** An inquiry of somebody else that names them. */
  readonly mentioning: Json;
  /** The import of people in which they stand. */
  readonly importJob: string;
};

/** The table and the buckets of a host in this process, which its functions are told of. */
export function openHostStore() {
  const { TABLE_NAME = '', MAIL_BUCKET = '', CONTENT_BUCKET = '' } = process.env;
  const client = makeDynamoClient();
  const s3 = makeS3Client();
  return {
    read: () =>
      readWholeStore({ client, name: TABLE_NAME }, s3, {
        mail: MAIL_BUCKET,
        content: CONTENT_BUCKET,
      }),
    close: () => {
      client.destroy();
      s3.destroy();
    },
  };
}

/** A history in which the person is wherever somebody can be, by the real functions alone. */
export async function playHistory(desk: HelpDesk): Promise<History> {
  const must = async (
    as: string | { token: string },
    route: string,
    body?: unknown,
    raw?: string,
  ) => {
    const sending =
      raw === undefined ? {} : { raw, headers: { 'content-type': 'text/csv; charset=utf-8' } };
    const answered = await desk.call(as, route, body, sending);
    if (answered.status >= 300) throw new Error(`${route}: ${JSON.stringify(answered.body)}`);
    return answered.body;
  };
  const person = (one: { address: string; sub?: string; name: string }, more: object = {}) => {
    const { address, ...rest } = one;
    return must('lead-1', `PUT /v1/people/${address}`, { role: 'requester', ...rest, ...more });
  };
  const { phone: _, ...entry } = taro;
  await person(entry, { department: '営業三課', vip: true });
  for (const one of Object.values(others)) await person(one);
  await must('staff-1', 'PUT /v1/agents/me/presence', { presence: 'present' });
  const csv = [
    'address,name,role,department',
    `${taro.address},${taro.name},requester,営業三課`,
    `${others.namesake.address},${others.namesake.name},requester,総務`,
    // Refused, and quoted in the job's result.
    `${taro.address},,nobody,`,
  ].join('\r\n');
  const { id: importJob } = await must('lead-1', 'POST /v1/people/import', undefined, csv);
  await person(entry, { department: '営業三課', vip: true });
  const me = desk.signIn(taro.sub) as { token: string };
  const from = { name: taro.name, address: taro.address };
  const signature = `\n\n--\n${taro.name}\n${taro.address}\n${taro.phone}`;
  const file = {
    filename: '山田太郎.txt',
    content: `ログ ${taro.address}`,
    contentType: 'text/plain',
  };

  // A mail with a long body and a file, answered by name, and rated.
  const long = await desk.send({
    ...{ from, to: helpAddress, subject: `VPN ${taro.name}` },
    text: `${'つながりません。'.repeat(5_000)}${signature}`,
    attachments: [file],
    cc: 'employee-2@toritsugi.example',
  });
  // One that is quarantined, and thrown away.
  const quarantined = await desk.send({
    ...{ from, to: helpAddress, subject: '請求書', text: `添付を開いてください。${signature}` },
    headers: { 'X-Test-Verdict-virus': 'fail' },
  });
  // Somebody else's, in which the person takes part and answers with a file of their own.
  const others1 = await desk.send({
    ...{ from: 'employee-1@toritsugi.example', to: helpAddress, cc: taro.address },
    ...{ subject: '共有フォルダ', text: `${taro.name}さんも困っています。` },
    attachments: [{ filename: '山田太郎_申請.csv', content: '1,2', contentType: 'text/csv' }],
    messageId: makeMessageId(),
  });
  await desk.idle();
  await desk.send({
    ...{ from, to: helpAddress, subject: 'Re: 共有フォルダ', inReplyTo: others1 },
    text: `私もです。${signature}`,
    attachments: [file],
  });
  await desk.idle();
  const form = await must(me, 'POST /v1/inquiries', {
    form: 'general',
    fields: {
      subject: `${taro.name}の端末`,
      description: `電話は ${taro.phone} です。${signature}`,
    },
  });
  const call = await must('staff-1', 'POST /v1/phone-logs', {
    caller: { address: taro.address, name: taro.name, phone: taro.phone },
    ...{ callbackNumber: taro.phone, summary: `${taro.name}から。折り返し希望。`, outcome: 'open' },
    startedAt: new Date(desk.host.clock.date().getTime() - 300_000).toISOString(),
    endedAt: desk.host.clock.date().toISOString(),
  });
  const mention = await must('employee-2', 'POST /v1/inquiries', {
    form: 'general',
    fields: {
      subject: '連絡先',
      description: `担当は <${taro.address}> と ${others.ending.address} です。`,
    },
  });
  await desk.idle();

  const opened = await desk.inquiryOf(long);
  const part = await desk.inquiryOf(others1);
  const inQuarantine = await desk.inquiryOf(quarantined);
  await must('lead-1', `POST /v1/quarantine/${inQuarantine.id}/discard`, {
    note: `${taro.name}宛`,
  });
  for (const id of [opened.id, form.id, call.id, part.id]) {
    const text = `${taro.name} 様\n承知しました。`;
    await must('lead-1', `POST /v1/inquiries/${id}/messages`, { kind: 'public', text });
    await must('lead-1', `POST /v1/inquiries/${id}/messages`, {
      ...{ kind: 'internal', text: `山田太郎さんは${taro.phone}へ。` },
    });
  }
  await desk.idle();
  for (const id of [opened.id, form.id, call.id]) {
    await must('lead-1', `POST /v1/inquiries/${id}/resolve`, {
      message: `${taro.name} 様、解決です。`,
    });
  }
  await must(me, `POST /v1/inquiries/${opened.id}/rating`, {
    score: 4,
    comment: `${taro.name}より`,
  });
  for (const id of [opened.id, form.id, call.id])
    await must('lead-1', `POST /v1/inquiries/${id}/close`, {});
  await desk.idle();
  const read = (id: string) => must('lead-1', `GET /v1/inquiries/${id}`);
  return {
    own: await Promise.all([opened.id, form.id, call.id, inQuarantine.id].map(read)),
    part: await read(part.id),
    mentioning: await read(mention.id),
    importJob,
  };
}

/** All texts in an item or object, however they are encoded. */
async function textsIn(bytes: Uint8Array): Promise<string> {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return textsIn(gunzipSync(bytes));
  const text = Buffer.from(bytes).toString();
  const parts = [text];
  if (
    /^(received|from|return-path|x-[a-z-]+|message-id|to|date|subject|content-type):/im.test(text)
  ) {
    const mail = await PostalMime.parse(bytes, { attachmentEncoding: 'arraybuffer' });
    parts.push(
      JSON.stringify({ ...mail, attachments: mail.attachments.map(({ filename }) => filename) }),
    );
    for (const { content } of mail.attachments) {
      parts.push(await textsIn(new Uint8Array(content as ArrayBuffer)));
    }
  }
  for (const [word] of text.matchAll(/[A-Za-z0-9+/]{16,}={0,2}/g)) {
    parts.push(Buffer.from(word, 'base64').toString());
  }
  return parts.join('\n');
}

async function textOfItem(item: StoredItem): Promise<string> {
  const parts = [JSON.stringify(item)];
  for (const { B } of Object.values(item)) if (B !== undefined) parts.push(await textsIn(B));
  return parts.join('\n');
}

const needles = [
  new RegExp(`(?<![a-z-])${taro.address.replaceAll('.', '\\.')}(?!\\.net)`, 'i'),
  /taro\.yamada%40toritsugi\.example(?!\.net)/i,
  new RegExp(`${taro.sub.replace('.', '\\.')}(?!-2)`),
  /山田\s*太郎/,
  /090-?1234-?5678/,
  /営業三課/,
];

/** Where anything of the person is, by key and by what was found. */
export async function findTraces({ items, objects, names }: WholeStore): Promise<string[]> {
  const texts = [
    ...(await Promise.all(
      [...items].map(async ([key, item]) => [key, `${key}\n${await textOfItem(item)}`] as const),
    )),
    ...(await Promise.all(
      [...objects].map(
        async ([key, bytes]) =>
          [
            key,
            `${key}\n${decodeURIComponent(names.get(key) ?? '')}\n${await textsIn(bytes)}`,
          ] as const,
      ),
    )),
  ];
  return texts
    .filter(([key]) => !isNamesakes(key))
    .flatMap(([key, text]) =>
      needles.filter((needle) => needle.test(text)).map((needle) => `${key}: ${needle}`),
    );
}

/** The registry's entries of somebody else with the same name. */
function isNamesakes(key: string): boolean {
  const { address, sub } = others.namesake;
  return key.startsWith(`PERSON#${address} `) || key.startsWith(`PERSON#sub:${sub} `);
}
