/** The languages of the sign-in page. */
export type PageLanguage = 'ja' | 'en';

export interface SignInWords {
  readonly title: string;
  readonly product: string;
  readonly standIn: string;
  readonly people: string;
  readonly roles: Readonly<Record<string, string>>;
  readonly other: string;
  readonly otherHint: string;
  readonly address: string;
  readonly name: string;
  readonly submit: string;
  readonly refused: string;
  readonly invalidAddress: string;
  readonly ended: string;
  readonly endedHint: string;
  readonly otherLanguage: string;
}

export const signInWords: Readonly<Record<PageLanguage, SignInWords>> = {
  ja: {
    title: 'サインイン',
    product: '取次 ITヘルプデスク',
    standIn:
      'これは手元で動かすための代わりのページで、パスワードはありません。AWSでは会社のアカウントのサインインページが開きます。',
    people: 'デモの利用者でサインイン',
    roles: {
      requester: '依頼者',
      operator: '委託先の担当者',
      staff: '社内の担当者',
      lead: 'IT責任者',
    },
    other: '別の人としてサインイン',
    otherHint: '会社のメールアドレスなら、初めての人は依頼者として登録されます。',
    address: 'メールアドレス',
    name: '名前',
    submit: 'サインイン',
    refused: 'サインインできませんでした',
    invalidAddress: 'メールアドレスの形式で入力してください。例: taro@toritsugi.example',
    ended: 'このサインインは終了しました',
    endedHint: '元のページに戻って、もう一度始めてください。',
    otherLanguage: 'English',
  },
  en: {
    title: 'Sign in',
    product: 'Toritsugi IT help desk',
    standIn:
      'This page is the stand-in for one machine and asks for no password. On AWS, the sign-in page of your company’s accounts opens.',
    people: 'Sign in as a demonstration person',
    roles: {
      requester: 'Requester',
      operator: 'Vendor’s operator',
      staff: 'Staff',
      lead: 'IT lead',
    },
    other: 'Sign in as somebody else',
    otherHint: 'With an address of the company, somebody new is registered as a requester.',
    address: 'Mail address',
    name: 'Name',
    submit: 'Sign in',
    refused: 'You could not be signed in',
    invalidAddress: 'Enter a mail address, such as taro@toritsugi.example.',
    ended: 'This sign-in has ended',
    endedHint: 'Start again from the page you came from.',
    otherLanguage: '日本語',
  },
};

/** Chooses by the page's own switch, else by what the browser prefers; Japanese otherwise. */
export function choosePageLanguage(
  asked: string | null,
  acceptLanguage: string | undefined,
): PageLanguage {
  if (asked === 'ja' || asked === 'en') return asked;
  const [preferred] = (acceptLanguage ?? '').toLowerCase().match(/\b(ja|en)\b/) ?? [];
  return preferred === 'en' ? 'en' : 'ja';
}
