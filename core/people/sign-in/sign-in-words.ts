import type { SignInRefusal } from './decide-sign-in.ts';

/*
 * The user pool passes on one text and does not know the reader's language, so it has both. It ends
 * without a full stop, since the pool adds one. Only the verified owner of an address is told what
 * the registry holds about it.
 */
const refusalWords: Readonly<Record<SignInRefusal | 'failed', { ja: string; en: string }>> = {
  left: {
    ja: 'このアカウントは利用を終了しています。心当たりがない場合はIT部門の責任者にご連絡ください。',
    en: 'This account is no longer in use. If that is a mistake, ask your IT lead',
  },
  unverified: {
    ja: 'メールアドレスが確認されていないため、サインインできません。IT部門の責任者にご連絡ください。',
    en: 'Your mail address has not been verified, so you cannot sign in. Ask your IT lead',
  },
  'linked-elsewhere': {
    ja: 'このメールアドレスは別のアカウントに結び付いています。IT部門の責任者に解除を依頼してください。',
    en: 'Your mail address is linked to another account. Ask your IT lead to release it',
  },
  stranger: {
    ja: 'このアカウントではヘルプデスクを利用できません。会社のアカウントでサインインするか、IT部門の責任者に登録を依頼してください。',
    en: 'This account cannot use the help desk. Sign in with your company account, or ask your IT lead to register you',
  },
  ended: {
    ja: 'セッションは終了しました。もう一度サインインしてください。',
    en: 'Your session has ended. Sign in again',
  },
  failed: {
    ja: 'ただいまサインインできません。しばらくしてからもう一度お試しください。',
    en: 'You cannot sign in right now. Try again in a little while',
  },
};

/** The text for somebody who gets no tokens, in both languages. */
export function formatSignInRefusal(reason: SignInRefusal | 'failed'): string {
  const { ja, en } = refusalWords[reason];
  return `${ja} / ${en}`;
}
