import { html, SafeHtml } from '../html.ts';
import type { DemonstrationPerson } from './demonstration-people.ts';
import { type PageLanguage, type SignInWords, signInWords } from './sign-in-words.ts';

/** What was entered for somebody else, shown again when it did not do. */
export interface EnteredPerson {
  readonly address: string;
  readonly name: string;
}

export interface SignInPage {
  readonly language: PageLanguage;
  /** The page's own path, without a query. */
  readonly path: string;
  readonly people: readonly DemonstrationPerson[];
  readonly entered?: EnteredPerson;
  /** What the user pool's function has said. */
  readonly refusal?: string;
  readonly isAddressInvalid?: boolean;
}

/** Renders the page where one signs in; it needs no script and loads nothing. */
export function renderSignInPage(page: SignInPage): string {
  const { language, path, people } = page;
  const words = signInWords[language];
  const other = language === 'ja' ? 'en' : 'ja';
  return renderDocument(
    language,
    html`<header><p class="product">${words.product}</p>
<a href="${path}?lang=${other}" lang="${other}" hreflang="${other}">${words.otherLanguage}</a></header>
<h1>${words.title}</h1>
${renderRefusal(page, words)}
<p class="note">${words.standIn}</p>
<form method="post" action="${path}?lang=${language}" aria-labelledby="people">
<h2 id="people">${words.people}</h2>
<ul>${people.map((person) => renderPerson(person, words))}</ul>
</form>
<form method="post" action="${path}?lang=${language}" aria-labelledby="other">
<h2 id="other">${words.other}</h2>
<p class="hint" id="other-hint">${words.otherHint}</p>
${renderFields(page, words)}
<button class="submit">${words.submit}</button>
</form>`,
  );
}

/** Renders the page of a sign-in that is over, or that nobody began. */
export function renderEndedPage(language: PageLanguage): string {
  const words = signInWords[language];
  return renderDocument(
    language,
    html`<header><p class="product">${words.product}</p></header>
<h1>${words.ended}</h1><p>${words.endedHint}</p>`,
  );
}

/** The function's words are Japanese, then English, since Cognito knows no reader's language. */
function renderRefusal({ refusal, language }: SignInPage, words: SignInWords) {
  if (refusal === undefined) return undefined;
  const [ja, en] = refusal.split(' / ');
  const text = language === 'en' && en !== undefined ? `${en}.` : ja;
  return html`<div class="refusal" role="alert"><h2>${words.refused}</h2><p>${text}</p></div>`;
}

function renderPerson({ sub, name, role, address }: DemonstrationPerson, words: SignInWords) {
  return html`<li><button class="person" name="sub" value="${sub}"><span class="name">${name}</span>
<span class="role">${words.roles[role] ?? role}</span><span class="address">${address}</span></button></li>`;
}

function renderFields({ entered, isAddressInvalid }: SignInPage, words: SignInWords) {
  const fault = isAddressInvalid
    ? html`<p class="fault" id="address-fault">${words.invalidAddress}</p>`
    : undefined;
  const described = isAddressInvalid ? 'address-fault' : 'other-hint';
  return html`<label for="address">${words.address}</label>
<input id="address" name="address" type="email" autocomplete="email" required maxlength="254" aria-describedby="${described}"${isAddressInvalid && html` aria-invalid="true" autofocus`} value="${entered?.address}">
${fault}
<label for="name">${words.name}</label>
<input id="name" name="name" autocomplete="name" required maxlength="200" value="${entered?.name}">`;
}

function renderDocument(language: PageLanguage, body: SafeHtml): string {
  const { title, product } = signInWords[language];
  return html`<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title} – ${product}</title><style>${new SafeHtml(style)}</style></head>
<body><main>${body}</main></body></html>`.text;
}

const style = `
  *{box-sizing:border-box}
  body{margin:0;background:#f5f6f7;color:#1a1a1a;font:16px/1.7 system-ui,"Hiragino Sans","Noto Sans JP",sans-serif}
  main{max-width:34rem;margin:3rem auto;padding:2rem;background:#fff;border:1px solid #d5d8dc;border-radius:.6rem}
  header{display:flex;justify-content:space-between;align-items:baseline;gap:1rem}
  .product{margin:0;color:#1f5f99;font-weight:600}
  a{color:#1f5f99}
  h1{font-size:1.5rem;line-height:1.4;margin:1rem 0}
  h2{font-size:1.05rem;line-height:1.5;margin:2rem 0 .6rem}
  .note{margin:0;padding:.6rem 1rem;background:#eef3f8;border-radius:.4rem;font-size:.9rem}
  .refusal{margin:0 0 1rem;padding:.8rem 1rem;border:1px solid #b3261e;border-left-width:.3rem;border-radius:.4rem;background:#fdf3f2}
  .refusal h2{margin:0;color:#8c1d18}.refusal p{margin:.3rem 0 0}
  ul{list-style:none;margin:0;padding:0;border:1px solid #d5d8dc;border-radius:.4rem;overflow:hidden}
  li+li{border-top:1px solid #e3e5e8}
  button,input{font:inherit;color:inherit}
  .person{display:grid;grid-template-columns:1fr auto;gap:0 1rem;width:100%;padding:.6rem 1rem;border:0;background:#fff;text-align:left;cursor:pointer}
  .person:hover{background:#eef3f8}
  .name{font-weight:600}.role{justify-self:end;color:#4a4a4a;font-size:.9rem}
  .address{grid-column:1/-1;color:#595959;font-size:.85rem;overflow-wrap:anywhere}
  .hint{margin:0 0 .6rem;color:#595959;font-size:.9rem}
  label{display:block;margin:.8rem 0 .2rem;font-weight:600;font-size:.95rem}
  input{width:100%;padding:.55rem .7rem;border:1px solid #767b82;border-radius:.4rem;background:#fff}
  input[aria-invalid]{border-color:#b3261e}.fault{margin:.2rem 0 0;color:#8c1d18;font-size:.9rem}
  .submit{width:100%;margin-top:1.2rem;padding:.65rem 1rem;border:0;border-radius:.4rem;background:#1f5f99;color:#fff;font-weight:600;cursor:pointer}
  .submit:hover{background:#174a78}
  :focus-visible{outline:3px solid #f0a400;outline-offset:2px}.person:focus-visible{outline-offset:-3px}
  @media (max-width:36rem){main{margin:0;padding:1.2rem 1rem 2rem;border:0;border-radius:0}body{background:#fff}}
`;
