/** A random generator that gives the same numbers for the same seed (mulberry32). */
export class SeededRandom {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  intBelow(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  }

  pick<One>(list: readonly One[]): One {
    return list[this.intBelow(list.length)] as One;
  }

  text(letters: string, length: number): string {
    return Array.from({ length }, () => letters.charAt(this.intBelow(letters.length))).join('');
  }
}

export type PlantedSecret = {
  /** The secret as it is written in the text, perhaps disguised. */
  readonly written: string;
  /** The digits and letters that must not be readable once the text is masked. */
  readonly plain: string;
  readonly kind: string;
};

const digitCharacters = '0123456789';
const lower = 'abcdefghijklmnopqrstuvwxyz';
const upper = lower.toUpperCase();

/** The digit that makes a number one of ISO/IEC 7812, found by trying all ten. */
function addLuhnDigit(begun: string): string {
  for (const last of digitCharacters) {
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
export function makeMyNumber(begun: string): string {
  const weights = [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2];
  const sum = weights.reduce((total, weight, at) => total + weight * Number(begun[at]), 0);
  const rest = sum % 11;
  return `${begun}${rest < 2 ? 0 : 11 - rest}`;
}

const widen = (text: string) =>
  [...text]
    .map((one) => (/[!-~]/.test(one) ? String.fromCharCode(one.charCodeAt(0) + 0xfee0) : one))
    .join('');

/** What people, input methods and mail programs do to groups of digits. */
function disguiseDigits(seededRandom: SeededRandom, groups: readonly string[]): string {
  const joint = seededRandom.pick([
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
  return seededRandom.pick([
    text,
    text,
    joint.includes('&') ? text : widen(text),
    // Arabic-Indic digits, and the mathematical bold ones that pasted text brings along.
    text.replace(/\d/g, (digit) => String.fromCodePoint(0x660 + Number(digit))),
    text.replace(/\d/g, (digit) => String.fromCodePoint(0x1d7ce + Number(digit))),
    joint.includes('&') ? text : text.replace(/\d/g, (digit) => `&#${48 + Number(digit)};`),
    joint.includes('&') ? text : [...text].join('\u200b'),
  ]);
}

function cutText(text: string, sizes: readonly number[]): string[] {
  let at = 0;
  return sizes.map((size) => {
    at += size;
    return text.slice(at - size, at);
  });
}

function plantCard(seededRandom: SeededRandom): PlantedSecret {
  const [begun, length, sizes] = seededRandom.pick<readonly [string, number, readonly number[]]>([
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
  const number = addLuhnDigit(
    begun + seededRandom.text(digitCharacters, length - begun.length - 1),
  );
  return {
    kind: 'card',
    plain: number,
    written: disguiseDigits(seededRandom, cutText(number, sizes)),
  };
}

function plantMyNumber(seededRandom: SeededRandom): PlantedSecret {
  const number = makeMyNumber(seededRandom.text(digitCharacters, 11));
  return {
    kind: 'my-number',
    plain: number,
    written: disguiseDigits(seededRandom, cutText(number, [4, 4, 4])),
  };
}

function plantPhone(seededRandom: SeededRandom): PlantedSecret {
  const [begun, sizes] = seededRandom.pick<readonly [string, readonly number[]]>([
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
  const number = begun + seededRandom.text(digitCharacters, length - begun.length);
  const groups = cutText(number, sizes);
  const [area, exchange, rest] = groups as [string, string, string];
  const abroad = `+81${seededRandom.pick(['-', ' ', ' (0)'])}${area.slice(1)}-${exchange}-${rest}`;
  const usual = [disguiseDigits(seededRandom, groups), `(${area})${exchange}-${rest}`, abroad];
  // The number is what follows the country code or the zero.
  return { kind: 'phone', plain: exchange + rest, written: seededRandom.pick(usual) };
}

function plantMail(seededRandom: SeededRandom): PlantedSecret {
  const user = `${seededRandom.text(lower, 6)}${seededRandom.pick(['.', '_', '-', '+'])}${seededRandom.text(lower, 6)}`;
  const host = `${seededRandom.text(lower, 7)}.${seededRandom.pick(['co.jp', 'com', 'ne.jp', 'example.org', 'io'])}`;
  const sign = seededRandom.pick(['@', '＠', '[at]', ' (at) ', '&#64;', '@\u200b', '﹫']);
  const written = `${user}${sign}${host}`;
  return {
    kind: 'mail',
    plain: user.replace(/[^a-z]/g, ''),
    written: seededRandom.pick([written, sign.includes('&') ? written : widen(written)]),
  };
}

function plantKey(seededRandom: SeededRandom): PlantedSecret {
  const mixed = lower + upper + digitCharacters;
  const random = (length: number) =>
    `${seededRandom.text(mixed, length - 3)}${seededRandom.text(upper, 1)}${seededRandom.text(digitCharacters, 2)}`;
  const encoded = () =>
    Buffer.from(JSON.stringify({ sub: random(12), exp: seededRandom.intBelow(1e9) })).toString(
      'base64url',
    );
  const [value, written] = seededRandom.pick<() => readonly [string, string]>([
    () => repeatPair(`AKIA${seededRandom.text(`${upper}234567`, 16)}`),
    () => repeatPair(`ghp_${random(36)}`),
    () => repeatPair(`github_pat_${random(22)}_${random(59)}`),
    () => repeatPair(`glpat-${random(20)}`),
    () =>
      repeatPair(
        `xoxb-${seededRandom.text(digitCharacters, 12)}-${seededRandom.text(digitCharacters, 12)}-${random(24)}`,
      ),
    () => repeatPair(`AIza${random(35)}`),
    () => repeatPair(`sk_live_${random(24)}`),
    () => repeatPair(`eyJhbGciOiJIUzI1NiJ9.${encoded()}.${random(43)}`),
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
    const label = seededRandom.pick(labels);
    return {
      kind: 'key',
      plain: value,
      written: `${label}${value}${label.endsWith('"') ? '"' : ''}`,
    };
  }
  return {
    kind: 'key',
    plain: value,
    written: seededRandom.pick([written, widen(written), written.split('').join('\u200b')]),
  };
}

function repeatPair(text: string): readonly [string, string] {
  return [text, text];
}

function plantPrivateKey(seededRandom: SeededRandom): PlantedSecret {
  const lines = Array.from({ length: 4 }, () =>
    seededRandom.text(lower + upper + digitCharacters, 64),
  );
  const kind = seededRandom.pick([
    'RSA PRIVATE KEY',
    'OPENSSH PRIVATE KEY',
    'PRIVATE KEY',
    'EC PRIVATE KEY',
  ]);
  const quote = seededRandom.pick(['', '> ', '> > ', '  ']);
  const written = [`-----BEGIN ${kind}-----`, ...lines, `-----END ${kind}-----`];
  return {
    kind: 'key',
    plain: seededRandom.pick(lines),
    written: written.map((line) => quote + line).join(seededRandom.pick(['\n', '\r\n'])),
  };
}

function plantUrl(seededRandom: SeededRandom): PlantedSecret {
  const password = makePassword(seededRandom).replace(/[/@:?#%&]/g, 'x');
  const scheme = seededRandom.pick([
    'https',
    'ftp',
    'postgres',
    'mongodb+srv',
    'amqp',
    'redis',
    'smb',
  ]);
  const user = seededRandom.pick(['admin', 'svc-batch', 'taro.yamada', '']);
  const host = seededRandom.pick([
    'db.example.com:5432/app',
    'fs01/share',
    '10.0.0.5',
    'example.co.jp/x?y=1',
  ]);
  return { kind: 'key', plain: password, written: `${scheme}://${user}:${password}@${host}` };
}

/** A password as company rules ask for it: with a capital, a small letter and a digit. */
function makePassword(seededRandom: SeededRandom): string {
  const any = `${lower}${upper}${digitCharacters}!#$%&*+-=?@_~`;
  return `${seededRandom.text(upper, 1)}${seededRandom.text(any, 3 + seededRandom.intBelow(8))}${seededRandom.text(lower, 2)}${seededRandom.text(digitCharacters, 2)}`;
}

function plantLabelled(seededRandom: SeededRandom): PlantedSecret {
  const value = makePassword(seededRandom);
  const digits = seededRandom.text(digitCharacters, seededRandom.pick([4, 6, 8]));
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
  if (seededRandom.intBelow(4) === 0) {
    const written = seededRandom.pick(codes)(digits);
    return {
      kind: 'code',
      plain: digits,
      written: seededRandom.pick([written, written, widen(written)]),
    };
  }
  return { kind: 'password', plain: value, written: seededRandom.pick(forms)(value) };
}

export const secretPlanters = {
  card: plantCard,
  myNumber: plantMyNumber,
  phone: plantPhone,
  mail: plantMail,
  key: plantKey,
  privateKey: plantPrivateKey,
  url: plantUrl,
  labelled: plantLabelled,
} as const;

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

/** A text of an inquiry with one to three secrets in it. */
export function plantText(seededRandom: SeededRandom): { text: string; planted: PlantedSecret[] } {
  const kinds = Object.values(secretPlanters);
  const planted = Array.from({ length: 1 + seededRandom.intBelow(3) }, () =>
    seededRandom.pick(kinds)(seededRandom),
  );
  const text = planted
    .map(({ written }) => written)
    .join(seededRandom.pick(['\n', '\n\n', '。\nまた、\n', '.\nAlso:\n']));
  return { text: `${seededRandom.pick(openings)}${text}${seededRandom.pick(closings)}`, planted };
}

/** The letters and digits of a text, without what is between them. */
export function extractLegible(text: string): string {
  return text
    .replaceAll('&nbsp;', ' ')
    .replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))
    .normalize('NFKC')
    .replace(/[\u0660-\u0669]/g, (digit) => String(digit.charCodeAt(0) - 0x660))
    .replace(/[^A-Za-z0-9]/g, '');
}

/** Whether what was planted can still be read in a text. */
export function isLegible({ plain }: PlantedSecret, masked: string): boolean {
  return masked.includes(plain) || extractLegible(masked).includes(extractLegible(plain));
}
