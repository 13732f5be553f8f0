import type { Instant } from '../../inquiry/values/ids.ts';
import { serviceLevelWords } from '../../wording/service-level-words.ts';
import type { ExplainedStep, ExplanationWords, RoutingDisplayNames } from './explanation-words.ts';
import { splitReasonValue, translateValue } from './reason-value.ts';

const { priorities } = serviceLevelWords.ja;
const channels = { mail: 'メール', form: 'フォーム', phone: '電話' };
const languages = { ja: '日本語', en: '英語' };
const choices = { category: '分類', share: '配分比率', order: '優先順' };
const missing = { desk: '窓口', pool: 'プール', policy: 'SLAポリシー' };

const quote = (text: string) => `「${text}」`;
const chooseWord = (value: string, yes: string, no: string) => (value === 'true' ? yes : no);

/** Formats a value of a desk's id and a rest, such as `bpo 12`. */
function formatDeskReason(
  value: string,
  names: RoutingDisplayNames,
  format: (desk: string, rest: string) => string,
): string {
  const [desk, rest] = splitReasonValue(value);
  return format(`窓口${quote(names.desk(desk))}`, rest);
}

function formatSetting(what: string): (value: string | undefined) => string {
  return (value) => (value === undefined ? `${what}を設定` : `${what}を${quote(value)}に設定`);
}

/** The reasons in brackets; empty without any. */
function formatReasons({ reasons }: ExplainedStep): string {
  return reasons.length === 0 ? '' : `（${reasons.join('、')}）`;
}

export const japaneseExplanationWords: ExplanationWords = {
  facts: {
    channel: (value) => `受付経路が${translateValue(channels, value)}`,
    form: (value) => `フォームが${quote(value)}`,
    field: (value) => {
      const [name, rest] = splitReasonValue(value);
      return `入力項目${quote(name)}が${quote(rest)}`;
    },
    'field.contains': (value) => {
      const [name, rest] = splitReasonValue(value);
      return `入力項目${quote(name)}に${quote(rest)}を含む`;
    },
    'field.exists': (value) => {
      const [name, rest] = splitReasonValue(value);
      return `入力項目${quote(name)}に${chooseWord(rest, '記入がある', '記入がない')}`;
    },
    text: (value) => `件名または本文に${quote(value)}を含む`,
    subject: (value) => `件名に${quote(value)}を含む`,
    words: (value) => `件名または本文に語句${quote(value)}がある`,
    pattern: (value) => `件名または本文にパターン${quote(value)}に合う文字列がある`,
    sender: (value) => `差出人が ${value}`,
    senderDomain: (value) => `差出人のドメインが ${value}`,
    department: (value) => `依頼者の部署が${quote(value)}`,
    vip: (value) => chooseWord(value, '依頼者がVIP', '依頼者がVIPではない'),
    external: (value) => chooseWord(value, '社外からの問い合わせ', '社内からの問い合わせ'),
    automated: (value) => chooseWord(value, '機械による自動送信', '人からの問い合わせ'),
    language: (value) => `言語が${translateValue(languages, value)}`,
    category: (value) => `分類が${quote(value)}`,
    service: (value, names) => `対象サービスが${quote(names.service(value))}`,
    criticality: (value) => `対象サービスの重要度が${quote(translateValue(priorities, value))}`,
    priority: (value) => `優先度が${quote(translateValue(priorities, value))}`,
    tag: (value) => `タグ${quote(value)}が付いている`,
    'attachments.any': (value) => chooseWord(value, '添付ファイルがある', '添付ファイルがない'),
    'attachments.type': (value) => `添付ファイルの形式が ${value}`,
    'attachments.name': (value) => `添付ファイル名に${quote(value)}を含む`,
    'attachments.held': (value) =>
      chooseWord(value, '保留中の添付ファイルがある', '保留中の添付ファイルがない'),
    'attachments.count': (value) => `添付ファイルが ${value} 件`,
    'time.open': (value) => {
      const [calendar, rest] = splitReasonValue(value);
      return `カレンダー${quote(calendar)}の${chooseWord(rest, '営業時間内', '営業時間外')}`;
    },
    time: (value) => {
      const [calendar, rest] = splitReasonValue(value);
      return `カレンダー${quote(calendar)}の時刻が ${rest}`;
    },
    'desk.open': (value, names) =>
      formatDeskReason(
        value,
        names,
        (desk, rest) => `${desk}が${chooseWord(rest, '営業時間内', '営業時間外')}`,
      ),
    'desk.depth': (value, names) =>
      formatDeskReason(value, names, (desk, rest) => `${desk}の待ち件数が ${rest} 件`),
    'desk.oldestMinutes': (value, names) =>
      formatDeskReason(value, names, (desk, rest) => `${desk}で最も長く待っている件が ${rest} 分`),
    'desk.present': (value, names) =>
      formatDeskReason(value, names, (desk, rest) => `${desk}の在席者が ${rest} 名`),
    'desk.waitMinutes': (value, names) =>
      formatDeskReason(value, names, (desk, rest) => `${desk}の予測待ち時間が ${rest} 分`),
    'contract.accepts': (value, names) =>
      formatDeskReason(
        value,
        names,
        (desk, rest) =>
          `${desk}の契約がこの分類を${chooseWord(rest, '受け付ける', '受け付けない')}`,
      ),
    'contract.covered': (value, names) =>
      formatDeskReason(
        value,
        names,
        (desk, rest) => `${desk}が契約の${chooseWord(rest, '対応時間内', '対応時間外')}`,
      ),
    'contract.volumeLeft': (value, names) =>
      formatDeskReason(
        value,
        names,
        (desk, rest) => `${desk}の今月の契約件数に${chooseWord(rest, '残りがある', '残りがない')}`,
      ),
    'contract.volume': (value, names) =>
      formatDeskReason(value, names, (desk, rest) => {
        const [used = '', limit = ''] = rest.split(' of ');
        return `${desk}の今月の受付が ${used} 件（契約は ${limit} 件まで）`;
      }),
    earlier: (value) => `同じ依頼者からの以前の問い合わせが ${value} 件`,
    not: () => '除外の条件に当てはまらない',
    missing: (value) => {
      const [what, id] = splitReasonValue(value);
      return `${translateValue(missing, what)}${quote(id)}がない`;
    },
    pool: (value, names) => {
      const [pool, rest] = splitReasonValue(value);
      const [choose, desk] = splitReasonValue(rest);
      const by = translateValue(choices, choose);
      return `プール${quote(names.pool(pool))}から${by}により窓口${quote(names.desk(desk))}を選択`;
    },
    overflow: (value, names) =>
      formatDeskReason(
        value,
        names,
        (desk, to) => `${desk}のあふれ先は窓口${quote(names.desk(to))}`,
      ),
    'held.until': (value, names) => `${names.time(value as Instant)} まで保留`,
  },
  steps: {
    otherwise: '既定',
    services: 'サービスの語句',
    'missing-desk': '窓口がない',
    'missing-pool': 'プールがない',
    'missing-policy': 'SLAポリシーがない',
    pool: 'プールからの選択',
    'contract-category': '契約の対象分類',
    'contract-volume': '契約の月間件数',
    'contract-coverage': '契約の対応時間',
    hold: '営業開始までの保留',
    overflow: 'あふれ',
    'last-resort': '最後の受け皿',
  },
  sets: {
    desk: (value, names) => formatSetting('窓口')(value === undefined ? value : names.desk(value)),
    pool: (value, names) =>
      formatSetting('プール')(value === undefined ? value : names.pool(value)),
    priority: (value) => formatSetting('優先度')(value && translateValue(priorities, value)),
    impact: (value) => formatSetting('影響度')(value && translateValue(priorities, value)),
    urgency: (value) => formatSetting('緊急度')(value && translateValue(priorities, value)),
    category: formatSetting('分類'),
    service: (value, names) =>
      formatSetting('対象サービス')(value === undefined ? value : names.service(value)),
    policy: formatSetting('SLAポリシー'),
    tags: (value) => (value === undefined ? 'タグを追加' : `タグ${quote(value)}を追加`),
    skills: (value) =>
      value === undefined ? '必要なスキルを追加' : `必要なスキル${quote(value)}を追加`,
    expedite: () => '同じ優先度の中で先に対応するよう設定',
    hold: () => '窓口の営業開始まで保留するよう設定',
    flag: (value) => `責任者への連絡${value === undefined ? '' : quote(value)}を設定`,
    availableAt: () => '営業開始まで保留',
  },
  rule: (step) => {
    const because = step.reasons.length === 0 ? '' : `${step.reasons.join('、')}という`;
    const sets =
      step.sets.length === 0
        ? `${because}条件に当てはまりましたが、すでに決まっていた行き先は変えていません。`
        : `${because}条件に当てはまったため、${step.sets.join('、')}しました。`;
    const decides = step.decides ? 'このルールで行き先が決まりました。' : '';
    return `ルール${quote(step.name)}：${sets}${decides}`;
  },
  step: (rule, step) => {
    switch (rule) {
      case 'otherwise':
        return `どのルールでも決まらなかったため、既定の内容で${step.sets.join('、')}しました。`;
      case 'services':
        return `サービスを示す語句があったため、${step.sets.join('、')}しました${formatReasons(step)}。`;
      case 'missing-desk':
        return `指定された窓口がないため、別の窓口としました${formatReasons(step)}。`;
      case 'missing-pool':
        return `指定されたプールから窓口を選べないため、別の窓口としました${formatReasons(step)}。`;
      case 'missing-policy':
        return `指定されたSLAポリシーがないため、標準のポリシーで扱います${formatReasons(step)}。`;
      case 'pool':
        return `プールの中から窓口を選びました${formatReasons(step)}。`;
      case 'contract-category':
        return `契約の対象外の分類のため、契約で定めた窓口へ回しました${formatReasons(step)}。`;
      case 'contract-volume':
        return `今月の契約件数に達しているため、契約で定めた窓口へ回しました${formatReasons(step)}。`;
      case 'contract-coverage':
        return step.holds
          ? `契約の対応時間外のため、対応の開始まで保留しました${formatReasons(step)}。`
          : `契約の対応時間外のため、契約で定めた窓口へ回しました${formatReasons(step)}。`;
      case 'hold':
        return `窓口の営業時間外のため、営業開始まで保留しました${formatReasons(step)}。`;
      case 'overflow':
        return step.matched
          ? `窓口が混み合っているため、あふれ先へ回しました${formatReasons(step)}。`
          : `窓口が混み合っていましたが、あふれ先が受けられないため、そのままとしました${formatReasons(step)}。`;
      case 'last-resort':
        return `回し先が見つからないため、契約のない社内の窓口としました${formatReasons(step)}。`;
      default:
        return rule satisfies never;
    }
  },
  routed: ({ at, desk, priority, category, by, until }) => {
    const decided = by === undefined ? '' : `行き先を決めたのは${by}です。`;
    const held = until === undefined ? '' : `${until} まで保留します。`;
    return `${at}、窓口${quote(desk)}に優先度${quote(priority)}、分類${quote(category)}で振り分けました。${decided}${held}`;
  },
  transferred: ({ at, by, from, desk }) => {
    const left = from === undefined ? '' : `窓口${quote(from)}から`;
    return `${at}、${by}が${left}窓口${quote(desk)}へ転送しました。`;
  },
  system: 'システム',
  separator: '、',
  summary: {
    routed: (desk, by, transfers) => {
      const decided = by === undefined ? '' : `${by}により、`;
      const since = transfers === 0 ? '' : `その後、${transfers} 回転送されています。`;
      return `この問い合わせは、${decided}窓口${quote(desk)}に振り分けられました。${since}`;
    },
    unrouted: {
      new: 'まだ振り分けられていません。まもなくルールによって振り分けられます。',
      quarantined: '隔離されているため、振り分けられていません。解放されると振り分けられます。',
      transferred: 'ルールによる振り分けの前に、人の手で転送されました。',
      resolved: '振り分ける前に解決したため、どの窓口にも振り分けられていません。',
      closed: '振り分ける前に終了したため、どの窓口にも振り分けられていません。',
      merged: '振り分ける前にほかの問い合わせに統合されました。',
      queued: 'ルールによる振り分けの記録がありません。',
      in_progress: 'ルールによる振り分けの記録がありません。',
      waiting: 'ルールによる振り分けの記録がありません。',
    },
  },
};
