import type { Construct } from 'constructs';
import { type NamedStage, StageStack } from '../stage-stack.ts';
import { Watch } from './watch.ts';

/** What tells people that a stage fails: it may fail or be missing without harm to the stage. */
export class WatchStack extends StageStack {
  readonly watch: Watch;

  constructor(scope: Construct, stage: NamedStage) {
    super(scope, stage, 'watch', 'alarms and the dashboard');
    this.watch = new Watch(this, 'Watch', {
      production: stage.production,
      runbook: stage.runbook,
      recipients: stage.alarmRecipients,
    });
  }
}
