import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compileRules } from '../../../../../core/routing/rules/compile/compile-rules.ts';
import { reasonFacts } from '../../../../../core/routing/rules/reason-facts.ts';
import { RuleSet } from '../../../../../core/routing/rules/rule-set.ts';
import { generatedFacts, generatedRuleSetBody } from '../../../../support/generated-rules.ts';
import { routeSlowly } from '../../../../support/slow-rules.ts';
import { runs } from '../../../../support/volumes.ts';

it('routes as the rules say when they are gone through one by one, with the same reasons', () => {
  fc.assert(
    fc.property(
      generatedRuleSetBody,
      fc.array(generatedFacts, { minLength: 1, maxLength: 5 }),
      (body, inquiries) => {
        const set = RuleSet.parse(body);
        const compiled = compileRules(set);
        for (const inquiry of inquiries) {
          expect(compiled.route(inquiry)).toEqual(routeSlowly(set, inquiry));
        }
      },
    ),
    runs(150),
  );
});

it('gives no reason but of the facts that explanations have words for', () => {
  const known = new Set<string>(reasonFacts);
  fc.assert(
    fc.property(generatedRuleSetBody, generatedFacts, (body, inquiry) => {
      const { trace } = compileRules(RuleSet.parse(body)).route(inquiry);
      for (const reason of trace.flatMap(({ because }) => because)) {
        expect(known).toContain(reason.split(': ')[0]);
      }
    }),
    runs(120),
  );
});
