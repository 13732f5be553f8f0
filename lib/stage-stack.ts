import { Stack, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { StageContext } from './stage-context.ts';

/** A stage with the name under which `cdk.json` has it. */
export type NamedStage = StageContext & { readonly name: string };

/** What a stack holds: `data` outlives the `app`, and `watch` goes with either of them. */
export type StackPart = 'data' | 'app' | 'watch';

/**
 * One of a stage's stacks, `toritsugi-<stage>-<part>`. What one stack uses of another flows one
 * way: from data to app to watch.
 */
export class StageStack extends Stack {
  /** Begins the names of what is found by name: functions, queues, alarms. */
  readonly prefix: string;
  readonly part: StackPart;

  constructor(scope: Construct, stage: NamedStage, part: StackPart, description: string) {
    const prefix = `toritsugi-${stage.name}`;
    super(scope, `${prefix}-${part}`, {
      description: `Toritsugi: ${description}`,
      // Only data cannot be deployed again.
      terminationProtection: stage.production && part === 'data',
      tags: { 'toritsugi:stage': stage.name },
    });
    this.prefix = prefix;
    this.part = part;
  }

  static override of(scope: Construct): StageStack {
    const stack = Stack.of(scope);
    if (stack instanceof StageStack) return stack;
    throw new TypeError(`${stack.stackName} is the stack of no stage`);
  }

  /** Names something of the stage that holds `scope`. */
  static nameIn(scope: Construct, name: string): string {
    return `${StageStack.of(scope).prefix}-${name}`;
  }
}

/**
 * Exports a value of a stack, and returns the export's name.
 *
 * The CDK exports by itself what another stack refers to, and no longer once it does not. Then a
 * stage could not be pointed at a restored table: its data is deployed first, and an export cannot
 * go while the app still uses it.
 */
export function exportForGood(scope: Construct, value: string): string {
  const stack = Stack.of(scope);
  const imported = stack.resolve(Token.asAny(stack.exportValue(value))) as {
    'Fn::ImportValue': string;
  };
  return imported['Fn::ImportValue'];
}
