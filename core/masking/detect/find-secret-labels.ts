/**
 * What a label names: a password of any characters, a mostly numeric code, or a key for machines.
 */
export type SecretLabelKind = 'password' | 'pin' | 'key';

const passwords = [
  'pass(?:word|wd|phrase|wort)s?(?![a-z])',
  'pass[ -]words?(?![a-z])',
  String.raw`(?<![a-z])(?:[a-z0-9]{1,20}_){0,1}(?:passw|pass|pwd|pswd|psw|pw|p\/w|psk|cred(?:ential)?s?)(?![a-z])`,
  '(?<![a-z])(?:wpa[23]?(?:[ -]psk)?|wi-?fi|wlan|wep|network(?: security)?|pre-?shared|encryption|decryption|unlock|unzip|zip|bitlocker(?: recovery)?|recovery|backup|security|master)[ _-]?(?:key|word|answer|phrase)(?![a-z])',
  '(?<![a-z])(?:secret|code)[ -]?(?:word|answer)(?![a-z])',
  'パスワ[ーァア]?ド',
  'パス(?:フレーズ|コード|ワ)(?![ァ-ヶ])',
  '(?<![ァ-ヶー])パス(?![ァ-ヶー])',
  '合い?言葉',
  '(?:秘密|質問)の(?:質問の)?(?:答え?|回答|言葉)',
  '(?:暗号化?|セキュリティ|ネットワーク(?:セキュリティ)?|Wi-?Fiの?|無線(?:LAN)?の?|接続|回復|解除|事前共有|共有|WPA2?|BitLockerの?)キー',
];
const pins = [
  // Listed before the Latin word that it contains.
  '(?:ピン|PIN)(?:コード|番号)',
  String.raw`(?<![a-z])pin(?:[ -]?(?:code|number|no\.?))?(?![a-z])`,
  '(?<![a-z])(?:otp|cvv2?|cvc2?)(?![a-z])',
  '(?<![a-z])pass[ -]?codes?(?![a-z])',
  '(?<![a-z])(?:verification|security|one[ -]time|access|entry|door|unlock|login|sign[ -]?in|auth(?:entication|enticator)?|confirmation|recovery|backup|2fa|mfa|sms|voicemail)[ _-]?(?:code|pin)s?(?![a-z])',
  '暗証(?:番号|コード)?',
  '(?:認証|確認|解除|ロック解除|回復|復旧|バックアップ|セキュリティ|アクセス|解錠|入室|開錠)(?:コード|番号)',
  'ワンタイム(?:コード|キー)',
];
const keys = [
  '(?<![a-z])(?:[a-z0-9]{1,20}[_-]){0,1}(?:api|access|secret|private|account|shared[ _-]?access|storage|client|app(?:lication)?|auth|encryption|signing|subscription|license|licence|product|activation|service|webhook)[ _-]?(?:access[ _-]?)?(?:key(?:[ _-]?id)?|secret|token)(?:の値)?(?![a-z])',
  '(?<![a-z])(?:[a-z0-9]{1,20}_){0,1}(?:secret|token|apikey)(?![a-z])',
  '(?:API|アクセス|シークレット|認証|ライセンス|プロダクト|秘密|サービス|アクティベーション|共通|マスター?)(?:アクセス)?キー(?:ID)?',
  'クライアントシークレット|シークレット|(?:アクセス|リフレッシュ|API)?トークン|秘密鍵|プロダクトID',
];

const labels: readonly (readonly [SecretLabelKind, RegExp])[] = [
  ['password', new RegExp(passwords.join('|'), 'gi')],
  ['pin', new RegExp(pins.join('|'), 'gi')],
  ['key', new RegExp(keys.join('|'), 'gi')],
];

export type SecretLabel = {
  readonly start: number;
  readonly end: number;
  readonly kind: SecretLabelKind;
};

/** Finds the labels of secrets in a scannable text. */
export function findSecretLabels(text: string): SecretLabel[] {
  return labels.flatMap(([labelKind, form]) =>
    [...text.matchAll(form)].map(({ index, 0: label }) => ({
      ...{ start: index, end: index + label.length, kind: labelKind },
    })),
  );
}

/** Whether a short text, such as a table heading, is as a whole the label of a secret. */
export function isSecretLabel(heading: string): boolean {
  const plain = heading.trim();
  return plain.length <= 40 && findSecretLabels(plain).some(({ end }) => end >= plain.length - 6);
}
