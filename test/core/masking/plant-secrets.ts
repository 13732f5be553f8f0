/** A generator of numbers that gives the same ones for the same seed (mulberry32). */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  }

  of<One>(list: readonly One[]): One {
    return list[this.below(list.length)] as One;
  }

  text(letters: string, length: number): string {
    return Array.from({ length }, () => letters.charAt(this.below(letters.length))).join('');
  }
}

export type Planted = {
  /** As it stands in the text, disguised. */
  readonly written: string;
  /** What must not be readable in what is left, digits and letters only. */
  readonly plain: string;
  readonly kind: string;
};

const figures = '0123456789';
const lower = 'abcdefghijklmnopqrstuvwxyz';
const upper = lower.toUpperCase();

/** The digit that makes a number one of ISO/IEC 7812, found by trying all ten. */
function withLuhn(begun: string): string {
  for (const last of figures) {
    const digits = [...`${begun}${last}`].map(Number).reverse();
    const sum = digits.reduce(
      (total, digit, at) =>
        total + (at % 2 === 0 ? digit : ([0, 2, 4, 6, 8, 1, 3, 5, 7, 9][digit] ?? 0)),
      0,
    );
    if (sum % 10 === 0) return `${begun}${last}`;
  }
  throw new Error('one of ten digits fits');
}

/** A My Number with the check digit of the ordinance, its weights written out. */
export function myNumberOf(begun: string): string {
  const weights = [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2];
  const sum = weights.reduce((total, weight, at) => total + weight * Number(begun[at]), 0);
  const rest = sum % 11;
  return `${begun}${rest < 2 ? 0 : 11 - rest}`;
}

const wide = (text: string) =>
  [...text]
    .map((one) => (/[!-~]/.test(one) ? String.fromCharCode(one.charCodeAt(0) + 0xfee0) : one))
    .join('');

/** What people, input methods and mail programs do to groups of digits. */
function disguised(dice: Dice, groups: readonly string[]): string {
  const joint = dice.of([
    ...[
      '',
      '-',
      ' ',
      '‐',
      '–',
      '−',
      'ー',
      '－',
      '\u00a0',
      '\u3000',
      ' - ',
      '.',
      '\u200b',
      '\u2009',
    ],
    ...['\u00ad', '&nbsp;', '\n', '\r\n> ', '\n> > ', '-\n', '\u2060-'],
  ]);
  const text = groups.join(joint);
  return dice.of([
    text,
    text,
    joint.includes('&') ? text : wide(text),
    // Arabic-Indic digits, and the mathematical bold ones that pasted text brings along.
    text.replace(/\d/g, (digit) => String.fromCodePoint(0x660 + Number(digit))),
    text.replace(/\d/g, (digit) => String.fromCodePoint(0x1d7ce + Number(digit))),
    joint.includes('&') ? text : text.replace(/\d/g, (digit) => `&#${48 + Number(digit)};`),
    joint.includes('&') ? text : [...text].join('\u200b'),
  ]);
}

function cut(text: string, sizes: readonly number[]): string[] {
  let at = 0;
  return sizes.map((size) => {
    at += size;
    return text.slice(at - size, at);
  });
}

function card(dice: Dice): Planted {
  const [begun, length, sizes] = dice.of<readonly [string, number, readonly number[]]>([
    ['4', 16, [4, 4, 4, 4]],
    ['51', 16, [4, 4, 4, 4]],
    ['55', 16, [4, 4, 4, 4]],
    ['2221', 16, [4, 4, 4, 4]],
    ['2720', 16, [4, 4, 4, 4]],
    ['3528', 16, [4, 4, 4, 4]],
    ['3589', 16, [4, 4, 4, 4]],
    ['34', 15, [4, 6, 5]],
    ['37', 15, [4, 6, 5]],
    ['36', 14, [4, 6, 4]],
    ['305', 14, [4, 6, 4]],
    ['6011', 16, [4, 4, 4, 4]],
    ['62', 16, [4, 4, 4, 4]],
    ['62', 19, [6, 13]],
  ]);
  const number = withLuhn(begun + dice.text(figures, length - begun.length - 1));
  return { kind: 'card', plain: number, written: disguised(dice, cut(number, sizes)) };
}

function myNumber(dice: Dice): Planted {
  const number = myNumberOf(dice.text(figures, 11));
  return { kind: 'my-number', plain: number, written: disguised(dice, cut(number, [4, 4, 4])) };
}

function phone(dice: Dice): Planted {
  const [begun, sizes] = dice.of<readonly [string, readonly number[]]>([
    ...(['090', '080', '070', '050'] as const).map((area) => [area, [3, 4, 4]] as const),
    ['03', [2, 4, 4]],
    ['06', [2, 4, 4]],
    ['045', [3, 3, 4]],
    ['0422', [4, 2, 4]],
    ['0120', [4, 3, 3]],
    ['0570', [4, 3, 3]],
    ['0800', [4, 3, 4]],
  ]);
  const length = sizes.reduce((sum, size) => sum + size, 0);
  const number = begun + dice.text(figures, length - begun.length);
  const groups = cut(number, sizes);
  const [area, exchange, rest] = groups as [string, string, string];
  const abroad = `+81${dice.of(['-', ' ', ' (0)'])}${area.slice(1)}-${exchange}-${rest}`;
  const usual = [disguised(dice, groups), `(${area})${exchange}-${rest}`, abroad];
  // Whatever country code or zero it goes by, the rest of it is the number.
  return { kind: 'phone', plain: exchange + rest, written: dice.of(usual) };
}

function mail(dice: Dice): Planted {
  const user = `${dice.text(lower, 6)}${dice.of(['.', '_', '-', '+'])}${dice.text(lower, 6)}`;
  const host = `${dice.text(lower, 7)}.${dice.of(['co.jp', 'com', 'ne.jp', 'example.org', 'io'])}`;
  const sign = dice.of(['@', '＠', '[at]', ' (at) ', '&#64;', '@\u200b', '﹫']);
  const written = `${user}${sign}${host}`;
  return {
    kind: 'mail',
    plain: user.replace(/[^a-z]/g, ''),
    written: dice.of([written, sign.includes('&') ? written : wide(written)]),
  };
}

function key(dice: Dice): Planted {
  const mixed = lower + upper + figures;
  const random = (length: number) =>
    `${dice.text(mixed, length - 3)}${dice.text(upper, 1)}${dice.text(figures, 2)}`;
  const encoded = () =>
    Buffer.from(JSON.stringify({ sub: random(12), exp: dice.below(1e9) })).toString('base64url');
  const [value, written] = dice.of<() => readonly [string, string]>([
    () => twice(`AKIA${dice.text(`${upper}234567`, 16)}`),
    () => twice(`ghp_${random(36)}`),
    () => twice(`github_pat_${random(22)}_${random(59)}`),
    () => twice(`glpat-${random(20)}`),
    () => twice(`xoxb-${dice.text(figures, 12)}-${dice.text(figures, 12)}-${random(24)}`),
    () => twice(`AIza${random(35)}`),
    () => twice(`sk_live_${random(24)}`),
    () => twice(`eyJhbGciOiJIUzI1NiJ9.${encoded()}.${random(43)}`),
    () => [random(40), ''],
  ])();
  if (written === '') {
    const labels = [
      'aws_secret_access_key = ',
      'Authorization: Bearer ',
      'api_key=',
      'token: ',
      'シークレット：',
      'アクセスキー: ',
      'APIキー：',
      'client_secret=',
      '"apiKey": "',
    ];
    const label = dice.of(labels);
    return {
      kind: 'key',
      plain: value,
      written: `${label}${value}${label.endsWith('"') ? '"' : ''}`,
    };
  }
  return {
    kind: 'key',
    plain: value,
    written: dice.of([written, wide(written), written.split('').join('\u200b')]),
  };
}

function twice(text: string): readonly [string, string] {
  return [text, text];
}

function privateKey(dice: Dice): Planted {
  const lines = Array.from({ length: 4 }, () => dice.text(lower + upper + figures, 64));
  const kind = dice.of(['RSA PRIVATE KEY', 'OPENSSH PRIVATE KEY', 'PRIVATE KEY', 'EC PRIVATE KEY']);
  const quote = dice.of(['', '> ', '> > ', '  ']);
  const written = [`-----BEGIN ${kind}-----`, ...lines, `-----END ${kind}-----`];
  return {
    kind: 'key',
    plain: dice.of(lines),
    written: written.map((line) => quote + line).join(dice.of(['\n', '\r\n'])),
  };
}

function url(dice: Dice): Planted {
  const password = passwordOf(dice).replace(/[/@:?#%&]/g, 'x');
  const scheme = dice.of(['https', 'ftp', 'postgres', 'mongodb+srv', 'amqp', 'redis', 'smb']);
  const user = dice.of(['admin', 'svc-batch', 'taro.yamada', '']);
  const host = dice.of([
    'db.example.com:5432/app',
    'fs01/share',
    '10.0.0.5',
    'example.co.jp/x?y=1',
  ]);
  return { kind: 'key', plain: password, written: `${scheme}://${user}:${password}@${host}` };
}

/** Of what keyboards have and a company's rules ask for: a capital, a small letter, a digit. */
function passwordOf(dice: Dice): string {
  const any = `${lower}${upper}${figures}!#$%&*+-=?@_~`;
  return `${dice.text(upper, 1)}${dice.text(any, 3 + dice.below(8))}${dice.text(lower, 2)}${dice.text(figures, 2)}`;
}

function labelled(dice: Dice): Planted {
  const value = passwordOf(dice);
  const digits = dice.text(figures, dice.of([4, 6, 8]));
  const forms: readonly ((value: string) => string)[] = [
    (it) => `パスワード：${it}`,
    (it) => `パスワード:${it}\n以上です。`,
    (it) => `ﾊﾟｽﾜｰﾄﾞ　${it}`,
    (it) => `パスワードは「${it}」です。`,
    (it) => `パスワードは${it}です。`,
    (it) => `初期パスワード: ${it}`,
    (it) => `仮パスワード＝${it}`,
    (it) => `【パスワード】${it}`,
    (it) => `■パスワード\n${it}\n`,
    (it) => `パスワード（半角）：\n　${it}\n`,
    (it) => `> パスワード：\n> ${it}\n`,
    (it) => `Wi-Fiのパスワード： ${it}`,
    (it) => `PW: ${it}`,
    (it) => `ＰＷ：${it}`,
    (it) => `pass=${it}`,
    (it) => `Password is ${it}`,
    (it) => `password: "${it}"`,
    (it) => `Password ${it}`,
    (it) => `ID/PW: tanaka / ${it}`,
    (it) => `ログインID/パスワード：tanaka/${it}`,
    (it) => `ID：tanaka\nパスワード：${it}`,
    (it) => `{"user":"tanaka","password":"${it}"}`,
    (it) => `user: tanaka\npassword: ${it}\nhost: fs01`,
    (it) => `export DB_PASSWORD='${it}'`,
    (it) => `SMTP_PASS=${it}`,
    (it) => `user,password,note\ntanaka,${it},x`,
    (it) => `| ID | パスワード |\n|---|---|\n| tanaka | ${it} |`,
    (it) => `ID\tパスワード\ntanaka\t${it}`,
    (it) => `tool --user tanaka --password=${it}`,
    (it) => `mysql -u root -p${it} app`,
    (it) => `net use Z: \\\\fs01\\share ${it} /user:tanaka`,
    (it) => `<password>${it}</password>`,
    (it) => `Server=db01;User Id=sa;Password=${it};Encrypt=true`,
    (it) => `WPA2キー: ${it}`,
    (it) => `passphrase: ${it}`,
    (it) => `**Password:** \`${it}\``,
  ];
  const codes: readonly ((value: string) => string)[] = [
    (it) => `暗証番号は${it}です`,
    (it) => `暗証番号：${it}`,
    (it) => `PIN: ${it}`,
    (it) => `PINコードは${it}`,
    (it) => `認証コード：${it}`,
    (it) => `確認コードは ${it} です。`,
    (it) => `ワンタイムパスワード： ${it}`,
    (it) => `Your verification code is ${it}.`,
    (it) => `OTP ${it}`,
    (it) => `passcode: ${it}`,
  ];
  if (dice.below(4) === 0) {
    const written = dice.of(codes)(digits);
    return { kind: 'code', plain: digits, written: dice.of([written, written, wide(written)]) };
  }
  return { kind: 'password', plain: value, written: dice.of(forms)(value) };
}

export const plants = { card, myNumber, phone, mail, key, privateKey, url, labelled } as const;

const openings = [
  'お世話になっております。総務部の佐藤です。\n',
  'いつもありがとうございます。11月22日(日)の件です。\n\n',
  '[電話記録] 受付 10:25、応対 鈴木。先方の話:\n',
  '種別: アクセス\n件名: ログインできない\n内容: ',
  'Hello,\n\nI have had this problem since 09:30 on 2026-11-22.\n',
  'Call log 14:05, caller from sales, 3rd floor.\n',
  'Form: access request\nAsset: PC-2024-01837\n',
  '> 前回のご案内 HD-7K3M-9QX5 への返信です。\n> ',
  '',
];
const closings = [
  '\nよろしくお願いいたします。',
  '\n\n以上、ご確認ください。\n-- \n総務部 佐藤',
  '\nThanks and regards,\nJohn',
  ' ',
  '\n画面にはエラー0x80070005と出ています。',
  '\nThe version is 10.0.22631.',
];

/** A text as it comes to a help desk, with one to three secrets in it. */
export function plantText(dice: Dice): { text: string; planted: Planted[] } {
  const kinds = Object.values(plants);
  const planted = Array.from({ length: 1 + dice.below(3) }, () => dice.of(kinds)(dice));
  const text = planted
    .map(({ written }) => written)
    .join(dice.of(['\n', '\n\n', '。\nまた、\n', '.\nAlso:\n']));
  return { text: `${dice.of(openings)}${text}${dice.of(closings)}`, planted };
}

/** What a reader can make out of a text: its letters and digits, whatever is between them. */
export function legible(text: string): string {
  return text
    .replaceAll('&nbsp;', ' ')
    .replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))
    .normalize('NFKC')
    .replace(/[\u0660-\u0669]/g, (digit) => String(digit.charCodeAt(0) - 0x660))
    .replace(/[^A-Za-z0-9]/g, '');
}

/** Whether what was planted can still be read in a text. */
export function isLegible({ plain }: Planted, masked: string): boolean {
  return masked.includes(plain) || legible(masked).includes(legible(plain));
}
