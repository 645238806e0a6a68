import { describe, expect, it } from 'vitest';
import { compileRuleSet } from '../../../src/offers/rules/compile-rule-set.ts';
import type { RuleText } from '../../../src/offers/rules/rule-text.ts';
import { problemsOf, ruleText, vocabulary } from './rule-vocabulary.ts';

const FIELDS = 'name, age, spent, active, tags, memberSince, seenAt, settings, loyalty, orders, purchases, big, visits, assurance';
const VARIABLES = 'customer, attributes, journey, consent, touchpoint, channel, locale, now';
const READABLE = 'expected a field that these rules can read, received';
const words = vocabulary({ loyal: 'customer.loyalty.points > 1000', everybody: null });

describe('a mistake in a rule is reported at the start', () => {
  it.each([
    // Names.
    ['customer.loyality.points > 1', 'expected a field of Customer, received customer.loyality; did you mean loyalty?'],
    ['customer.height > 1', `expected a field of Customer (${FIELDS}), received customer.height`],
    ['has(customer.nmae)', 'expected a field of Customer, received customer.nmae; did you mean name?'],
    ['customer["nmae"] == "Ann"', 'expected a field of Customer, received customer.nmae; did you mean name?'],
    ['customer.id == "x"', `expected a field of Customer (${FIELDS}), received customer.id`],
    ['customer.constructor == 1', `expected a field of Customer (${FIELDS}), received customer.constructor`],
    ['customer.loyalty.teir == "GOLD"', 'expected a field of Loyalty, received customer.loyalty.teir; did you mean tier?'],
    ['has(customer.loyalty.teir)', 'expected a field of Loyalty, received customer.loyalty.teir; did you mean tier?'],
    ['customer.orders.edges.exists(e, e.node.totl > 1.0)', 'expected a field of Order, received e.node.totl; did you mean total?'],
    ['customer.orders.edges.exists(e, has(e.node.totl))', 'expected a field of Order, received e.node.totl; did you mean total?'],
    [
      'customer.orders.edges.filter(e, true)[0].nod.total > 1.0',
      'expected a field of OrderEdge, received customer.orders.edges.filter(e, true)[0].nod; did you mean node?',
    ],
    ['cel.bind(l, customer.loyalty, has(l.teir))', 'expected a field of Loyalty, received l.teir; did you mean tier?'],
    ['touchpiont == "web"', `expected one of ${VARIABLES}; received touchpiont; did you mean touchpoint?`],
    ['customer.loyalty.tier == GOLD', `expected one of ${VARIABLES}; received GOLD; a text stands in quotes`],
    ['consent.trakcing', 'expected a purpose, received consent.trakcing; did you mean tracking?'],
    ['audience("loyl")', 'expected an audience, received audience("loyl"); did you mean loyal?'],
    // What rules may not read.
    [
      'customer.computedByCode > 1',
      `${READABLE} customer.computedByCode: it has a resolver, and rules read fields with @from or @computed only`,
    ],
    ['customer.near > 1', `${READABLE} customer.near: its argument town is required, and rules give none`],
    [
      'customer.email == "a@b.c"',
      `${READABLE} customer.email: it needs a customer who is VERIFIED, and RECOGNIZED is enough for placement home`,
    ],
    [
      'customer.tickets.size() > 1',
      `${READABLE} customer.tickets: it is for AGENT and SERVICE, and CUSTOMER, ADMIN may see what is decided for placement home`,
    ],
    [
      'customer.loyalty.secret == ""',
      `${READABLE} customer.loyalty.secret: it is for AGENT, and CUSTOMER, SERVICE, ADMIN may see what is decided for placement home`,
    ],
    [
      'customer.orders.edges.all(e, e.node.lines.all(l, l.product.name == ""))',
      `${READABLE} l.product: it is read from a data source of its own, and rules read the record only`,
    ],
    // Forms.
    ['customer == "x"', 'expected a part of customer, such as customer.name; received customer alone'],
    ['dyn(customer).name == "x"', 'expected a part of customer, such as customer.name; received customer alone'],
    ['customer["na" + "me"] == "x"', 'expected the name of a part of customer in quotes, received customer["na" + "me"]'],
    ['customer.loyalty["ti" + "er"] == "x"', 'expected the name of a field of Loyalty in quotes, received customer.loyalty["ti" + "er"]'],
    ['has(customer["name"])', 'expected has() of a field or an attribute, such as has(customer.name); received has(customer["name"])'],
    ['journey.size() > 1', 'expected journey.count or journey.last (count, last), received journey.size()'],
    ['journey.purchases > 1', 'expected journey.count("purchase", "30d") or journey.last("purchase"), received journey.purchases'],
    [
      'journey.count("purchase") > 1',
      'expected a type of interactions and a duration, both in quotes, such as journey.count("purchase", "30d"); received journey.count("purchase")',
    ],
    [
      'journey.count(customer.name, "30d") > 1',
      'expected a type of interactions and a duration, both in quotes, such as journey.count("purchase", "30d"); received journey.count(customer.name, "30d")',
    ],
    [
      'journey.last("a" + "b") > 1',
      'expected a type of interactions in quotes, such as journey.last("purchase"); received journey.last("a" + "b")',
    ],
    ['journey.count("purchase", "30 days") > 1', "expected a duration such as '500ms', '30s' or '5m', received \"30 days\""],
    ['journey.count("purchase", "0s") > 1', "expected a duration from '1ms' to '36525d', received \"0s\""],
    ['audience(customer.name)', 'expected the name of an audience in quotes, such as audience("loyal"); received audience(customer.name)'],
    ['customer.tags.exists(now, now == "x")', 'expected another name for an item, received now, which means something else'],
    [
      'customer.name.matches("(a+)+$")',
      'expected contains(), startsWith() or endsWith(), received matches(): a regular expression can take minutes on a text of a few dozen characters',
    ],
    [
      'true || matches(customer.name, "a")',
      'expected contains(), startsWith() or endsWith(), received matches(): a regular expression can take minutes on a text of a few dozen characters',
    ],
    // Types.
    ['customer.loyalty.tier == 3', 'expected values that fit each other, received text == whole number; a text stands in quotes'],
    ['customer.name == null', 'expected values that fit each other, received text == null; !has(customer.name) asks for no value'],
    [
      'customer.memberSince > "2020-01-01"',
      'expected values that fit each other, received time > text; a time is written timestamp("2026-12-01T00:00:00Z")',
    ],
    ['!customer.age', 'expected a part that is true or false, received customer.age, which is a whole number'],
    [
      'customer.spent in [12, 13]',
      'expected values that fit each other, received number in list<whole number>; in a list for a Float, 12 is written 12.0',
    ],
    ['-customer.name == 3', 'expected values that fit each other, received -text'],
    ['customer.orders.exists(e, true)', 'expected a list, received OrderConnection; the list of a page is its edges'],
    ['customer.name.length() > 3', "expected a function of CEL with values that fit it, found no matching overload for 'string.length()'"],
    ['customer.name', 'expected a rule that is true or false, received one that is a text'],
    ['journey.count("purchase", "30d")', 'expected a rule that is true or false, received one that is a whole number'],
    ['now', 'expected a rule that is true or false, received one that is a time'],
    ['customer.spent > "100"', 'expected values that fit each other, received number > text; a number stands without quotes'],
    [
      'has(customer.loyalty) && customer.loyalty != null',
      'expected values that fit each other, received Loyalty != null; has(customer.loyalty) asks for a value',
    ],
    [
      'customer.orders.size() > 3',
      "expected a function of CEL with values that fit it, found no matching overload for 'OrderConnection.size()'; the list of a page is its edges",
    ],
    // Parts that are the same for everybody, and have no value.
    [
      'now > timestamp("2026-12-01")',
      'expected a part that can be evaluated, received timestamp("2026-12-01"): a time is written timestamp("2026-12-01T00:00:00Z")',
    ],
    [
      'customer.age > 1 || now - customer.memberSince > duration("30d")',
      'expected a part that can be evaluated, received duration("30d"): a duration is written duration("36h"), "30m" or "10s"',
    ],
    [
      'customer.tags.exists(t, t == ["a"][1])',
      'expected a part that can be evaluated, received ["a"][1]: No such key: index out of bounds, index 1 >= size 1',
    ],
    ['customer.age > 1 / 0', 'expected a part that can be evaluated, received 1 / 0: division by zero'],
    // Values that there are not.
    ['channel == "web"', 'expected a value of channel, received "web"; did you mean WEB?'],
    [
      'channel in ["WEB", "APP"]',
      'expected a value of channel (WEB, MOBILE, EMAIL, CALL_CENTRE, STORE, SOCIAL, MESSAGING, OTHER), received "APP"',
    ],
    ['"wbe" != touchpoint', 'expected a value of touchpoint, received "wbe"; did you mean web?'],
    ['customer.assurance != "VERFIED"', 'expected a value of customer.assurance, received "VERFIED"; did you mean VERIFIED?'],
    [
      'customer.loyalty.tier in ["GOLD", "PLATINUM"]',
      'expected a value of customer.loyalty.tier (BRONZE, SILVER, GOLD), received "PLATINUM"',
    ],
    ['cel.bind(l, customer.loyalty, l.tier == "GOLDEN")', 'expected a value of l.tier, received "GOLDEN"; did you mean GOLD?'],
    ['1 / 0 == 1', 'expected a part that can be evaluated, received 1 / 0 == 1: division by zero'],
    // Grammar and size.
    ['', 'expected a value or a name, received the end of the rule'],
    ['(customer.age > 1', 'expected ), received the end of the rule'],
    ['customer.age > 1 &&', 'expected a value or a name, received the end of the rule'],
    // As other languages spell it.
    ['customer.age > 1 and customer.age < 3', 'expected &&, received and'],
    ['customer.age > 1 OR customer.age < 3', 'expected ||, received OR'],
    ['customer.age > 1 & customer.age < 3', 'expected &&, received &'],
    ['not has(customer.name)', 'expected !, received not'],
    ['customer.name is "Ann"', 'expected ==, received is'],
    ['customer.name IN ["Ann"]', 'expected in, received IN'],
    ['customer.name <> "Ann"', 'expected !=, received <>'],
    ['customer.name == \u201cAnn\u201d', 'expected straight quotes around a text, received \u201c'],
    ['customer.name = "Ann"', 'expected == for a comparison, received ='],
    ['customer.name == "Ann', 'expected a quote that ends the text, received none'],
    [`customer.name == "${'x'.repeat(4_000)}"`, 'expected at most 4000 characters, received 4019; an audience can have a part of it'],
    [`${'!'.repeat(120)}true`, 'expected at most 100 parts within each other, received more; an audience can have a part of it'],
    [`customer.age in [${Array.from({ length: 501 }, (_, i) => i).join()}]`, 'expected at most 500 items in a list, received more'],
    [Array.from({ length: 600 }, () => '1<2').join('&&'), 'expected at most 1000 names, values and operators, received more'],
    [
      'customer.tags.all(a, customer.tags.all(b, customer.tags.all(c, true)))',
      'expected at most 2 loops within each other, received a third one: all',
    ],
  ])('%s', (text, problem) => {
    expect(problemsOf(text, words)).toEqual([`offers/rule.ts: when: ${problem}`]);
  });

  it('with all others, of all rules and of the audiences that they name', () => {
    const problems: string[] = [];
    const rules = [
      ruleText('customer.agee > 1 && cutsomer.name == "Ann" && customer.name == 3', 'one'),
      ruleText('audience("broken") && customer.spent > "x"', 'two'),
      ruleText('audience("broken")', 'three'),
      ruleText('customer.age > 1', 'right'),
    ];
    const set = compileRuleSet(rules, vocabulary({ broken: 'has(customer.tire)', unused: 'nothing' }), ({ where, message }) =>
      problems.push(`${where}: ${message}`),
    );
    expect(set).toBeNull();
    expect(problems).toEqual([
      'offers/one.ts: when: expected a field of Customer, received customer.agee; did you mean age?',
      `offers/one.ts: when: expected one of ${VARIABLES}; received cutsomer; did you mean customer?`,
      'offers/one.ts: when: expected values that fit each other, received text == whole number; a text stands in quotes',
      'offers/two.ts: when: expected values that fit each other, received number > text; a number stands without quotes',
      `offers/broken.ts: audiences.broken: expected a field of Customer (${FIELDS}), received customer.tire`,
    ]);
  });

  it('as a circle of audiences with its path', () => {
    const circle = vocabulary({ a: 'audience("b") || true', b: 'channel == "WEB" && !audience("c")', c: 'audience("a")' });
    expect(problemsOf('audience("b")', circle)).toEqual([
      'offers/c.ts: audiences.c: expected audiences without a circle, received a > b > c > a',
    ]);
    expect(problemsOf('audience("me")', vocabulary({ me: 'audience("me")' }))).toEqual([
      'offers/me.ts: audiences.me: expected audiences without a circle, received me > me',
    ]);
  });
});

describe('what rules may read depends on who sees the decision', () => {
  it('a field for agents is for a placement of agents', () => {
    expect(problemsOf('customer.tickets.size() > 0', vocabulary({}, { viewers: ['AGENT'] }))).toEqual([]);
    expect(problemsOf('customer.tickets.size() > 0', vocabulary({}, { viewers: ['AGENT', 'CUSTOMER'] }))).toHaveLength(1);
    expect(problemsOf('customer.loyalty.secret == "x"', vocabulary({}, { viewers: ['AGENT'] }))).toEqual([]);
  });

  it('a field that needs VERIFIED is for a placement that needs it', () => {
    expect(problemsOf('customer.email == "x"', vocabulary({}, { min: 'VERIFIED' }))).toEqual([]);
    expect(problemsOf('customer.email == "x"', vocabulary({}, { min: 'RECOGNIZED' }))).toHaveLength(1);
  });

  it('also through audiences', () => {
    expect(problemsOf('audience("known")', vocabulary({ known: 'audience("mail")', mail: 'has(customer.email)' }))).toEqual([
      `offers/mail.ts: audiences.mail: ${READABLE} customer.email: it needs a customer who is VERIFIED, and RECOGNIZED is enough for placement home`,
    ]);
  });
});

describe('a problem names line and column in the owner’s file', () => {
  const where = (fileText: string | null, text: string, label = 'when') => {
    const found: string[] = [];
    const rule: RuleText = { name: 'x', text, origin: { file: 'offers/x.ts', fileText, label } };
    compileRuleSet([rule], vocabulary(), (problem) => found.push(problem.where));
    return found;
  };

  it('where the rule is a plain literal', () => {
    const text = 'customer.age > 1 && customer.loyality > 3';
    const line = `  when: '${text}',`;
    expect(where(`export default defineOffer({\n${line}\n});\n`, text)).toEqual([`offers/x.ts:2:${line.indexOf('loyality') + 1}`]);
  });

  it('where the rule has several lines', () => {
    expect(
      where('x({\n  when: `customer.age > 1 &&\n    touchpiont == "web"`,\n})', 'customer.age > 1 &&\n    touchpiont == "web"'),
    ).toEqual(['offers/x.ts:3:5']);
  });

  it('where the literal has escapes', () => {
    const line = String.raw`  when: 'customer.name == \'Ann\' && foo',`;
    expect(where(`x({\n${line}\n})`, "customer.name == 'Ann' && foo")).toEqual([`offers/x.ts:2:${line.indexOf('foo') + 1}`]);
  });

  it('where the same text stands for another property too', () => {
    const file = 'x({ audiences: {\n  other: "foo",\n  loyal: "foo",\n} })';
    expect(where(file, 'foo', 'audiences.loyal')).toEqual(['offers/x.ts:3:11']);
    expect(where(file, 'foo', 'audiences.lapsed')).toEqual(['offers/x.ts']);
  });

  it('or the file alone where the text is not in it, or the file is not known', () => {
    expect(where("x({ when: 'foo ' + 3 })", 'foo 3')).toEqual(['offers/x.ts']);
    expect(where(null, 'foo')).toEqual(['offers/x.ts']);
  });
});
