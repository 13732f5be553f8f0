import type { ClockName } from '../inquiry/clock/clock.ts';
import type { EscalationReason } from '../inquiry/clock/escalation.ts';
import type { Language, Priority } from '../inquiry/values/vocabulary.ts';

type ServiceLevelWords = {
  readonly clocks: Readonly<Record<ClockName, string>>;
  readonly priorities: Readonly<Record<Priority, string>>;
  readonly reasons: Readonly<Record<EscalationReason, string>>;
};

/** What people call clocks, priorities and the reasons of escalations. */
export const serviceLevelWords: Readonly<Record<Language, ServiceLevelWords>> = {
  ja: {
    clocks: {
      first_response: '初回応答',
      next_response: '次回応答',
      resolution: '解決',
      pickup: '着手',
      ownership: '窓口対応',
    },
    priorities: { critical: '緊急', high: '高', medium: '中', low: '低' },
    reasons: {
      warning: '期限が近づいています',
      breach: '期限を過ぎています',
      emergency: '緊急のお問い合わせ',
    },
  },
  en: {
    clocks: {
      first_response: 'First response',
      next_response: 'Next response',
      resolution: 'Resolution',
      pickup: 'Pickup',
      ownership: 'Ownership',
    },
    priorities: { critical: 'critical', high: 'high', medium: 'medium', low: 'low' },
    reasons: {
      warning: 'Deadline near',
      breach: 'Deadline missed',
      emergency: 'Emergency',
    },
  },
};
