import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OfferDefinition } from '../../src/index.ts';
import type { TestGatewayOptions } from '../support/gateway.ts';
import { signToken } from '../support/tokens.ts';
import { corpus } from './corpus.ts';
import { fuzzedGateway } from './fuzzed-gateway.ts';
import { budget, mutated } from './mutate.ts';

const WELCOME: OfferDefinition = { placements: ['home', 'desk'], content: { en: { title: 'Welcome' }, de: { title: 'Willkommen' } } };
const ADA: OfferDefinition = { ...WELCOME, when: 'customer.name == "Ada"', mandatory: true };
const options: TestGatewayOptions = {
  offers: { welcome: WELCOME, ada: ADA },
  config: { placements: { home: { min: 'ANONYMOUS' }, desk: { viewers: ['AGENT'] } } },
};

const RESPOND = 'mutation ($i: RespondToOfferInput!) { respondToOffer(input: $i) { outcome } }';

describe('whatever is sent where offers are chosen and answered, the answer is no surprise', () => {
  it('evaluations, at every placement: the offer of a customer is given to nobody else', async () => {
    const gateway = await fuzzedGateway(options);
    const ben = await signToken({ role: 'CUSTOMER', subject: '2' });
    const placements = mutated(['home', 'desk', '', '%2e%2e'].map((text) => Buffer.from(text)));
    const types = fc.constantFrom('application/json', 'application/json', 'text/plain', 'application/x-ndjson');
    await fc.assert(
      fc.asyncProperty(
        placements,
        types,
        fc.constantFrom({}, { authorization: `Bearer ${ben}` }),
        mutated(corpus('evaluations')),
        async (name, type, as, body) => {
          const url = `/ofrep/v1/evaluate/flags/${encodeURIComponent(name.toString('latin1')).replaceAll('%25', '%')}`;
          const answer = await gateway.gateway.app.inject({ method: 'POST', url, headers: { 'content-type': type, ...as }, payload: body });
          expect(answer.statusCode, answer.body).toBeLessThan(500);
          expect(answer.body).not.toContain('"ada"');
          gateway.expectAnswers(answer.body);
        },
      ),
      budget(500),
    );
    await gateway.expectWell();
  });

  it('tokens of offers: one that is not exactly as it was given is no token', async () => {
    const gateway = await fuzzedGateway(options);
    const as = { role: 'CUSTOMER', subject: '1' } as const;
    const { data } = await gateway.ask('{ customer { offers(placement: "home") { token } } }', as);
    const genuine: string = data.customer.offers[0].token;
    await fc.assert(
      fc.asyncProperty(mutated([Buffer.from(genuine), ...corpus('tokens')]), async (bytes) => {
        const token = bytes.toString('latin1');
        fc.pre(token !== genuine);
        const { codes } = await gateway.ask(RESPOND, { ...as, variables: { i: { token, response: 'CLICKED' } } });
        expect(codes).toEqual(['NOT_FOUND']);
        gateway.expectAnswers('');
      }),
      budget(400),
    );
    expect((await gateway.ask(RESPOND, { ...as, variables: { i: { token: genuine, response: 'CLICKED' } } })).data).toEqual({
      respondToOffer: { outcome: 'COUNTED' },
    });
    await gateway.expectWell();
  });
});
