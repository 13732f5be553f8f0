import { type App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';

/**
 * Checks an app against AWS's rules for solutions: synthesis fails on a finding that is not
 * acknowledged with a reason.
 */
export function addSecurityChecks(app: App): App {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  return app;
}
