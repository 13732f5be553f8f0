import { Form } from './forms.ts';

const $schema = 'https://json-schema.org/draft/2020-12/schema';

/** The forms that a stage starts with: one for anything, and one for accounts. */
export const shippedForms: readonly Form[] = [
  Form.parse({
    form: 'general',
    version: 1,
    title: { ja: 'お問い合わせ', en: 'General inquiry' },
    description: {
      ja: 'ITに関する質問や困りごとをお知らせください。',
      en: 'Ask anything about IT, or tell us what does not work.',
    },
    subject: { ja: '{subject}', en: '{subject}' },
    schema: {
      $schema,
      type: 'object',
      properties: {
        subject: {
          type: 'string',
          minLength: 1,
          pattern: '\\S',
          maxLength: 200,
          'x-labels': { ja: '件名', en: 'Subject' },
        },
        description: {
          type: 'string',
          minLength: 1,
          pattern: '\\S',
          maxLength: 20_000,
          'x-labels': { ja: '内容', en: 'Description' },
        },
        affected: {
          type: 'string',
          enum: ['me', 'team', 'company'],
          'x-labels': { ja: '影響範囲', en: 'Who is affected' },
          'x-values': {
            me: { ja: '自分のみ', en: 'only me' },
            team: { ja: '部署', en: 'my team' },
            company: { ja: '全社', en: 'the whole company' },
          },
        },
        phone: {
          type: 'string',
          maxLength: 40,
          'x-labels': { ja: '連絡先電話番号', en: 'Phone number for questions' },
        },
      },
      required: ['subject', 'description'],
      additionalProperties: false,
    },
  }),
  Form.parse({
    form: 'account-request',
    version: 1,
    title: { ja: 'アカウント申請', en: 'Account request' },
    description: {
      ja: 'アカウントの新規作成、変更、削除を申請します。',
      en: 'Request an account to be created, changed or removed.',
    },
    subject: {
      ja: 'アカウント申請（{action}）: {system}',
      en: 'Account request ({action}): {system}',
    },
    schema: {
      $schema,
      type: 'object',
      properties: {
        action: {
          type: 'string',
          enum: ['create', 'change', 'remove'],
          'x-labels': { ja: '申請区分', en: 'Action' },
          'x-values': {
            create: { ja: '新規', en: 'create' },
            change: { ja: '変更', en: 'change' },
            remove: { ja: '削除', en: 'remove' },
          },
        },
        system: {
          type: 'string',
          minLength: 1,
          pattern: '\\S',
          maxLength: 100,
          'x-labels': { ja: '対象システム', en: 'System' },
        },
        account: {
          type: 'string',
          minLength: 1,
          pattern: '\\S',
          maxLength: 200,
          'x-labels': { ja: '対象者', en: 'For whom' },
        },
        neededBy: {
          type: 'string',
          format: 'date',
          'x-labels': { ja: '希望日', en: 'Needed by' },
        },
        reason: {
          type: 'string',
          minLength: 1,
          pattern: '\\S',
          maxLength: 5_000,
          'x-labels': { ja: '理由', en: 'Reason' },
        },
      },
      required: ['action', 'system', 'account', 'reason'],
      additionalProperties: false,
    },
  }),
];
