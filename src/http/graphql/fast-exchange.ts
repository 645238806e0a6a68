import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream';
import type { CapturableRequest } from '../../capture/capture.ts';
import type { CaptureSession } from '../../capture/capture-session.ts';
import { type AnswerLog, answerOperation, isRefused as isRefusedOperation, jsonOf } from '../../graphql/execution/answer.ts';
import type { Operations, PreparedOperation, ReadyOperation } from '../../graphql/execution/operations.ts';
import type { RequestContext } from '../../graphql/request-context.ts';
import { GatewayError } from '../../model/errors.ts';
import { textsIn } from '../../model/texts-in.ts';
import type { Draining } from '../connections/draining.ts';
import { isLongText, longAnswer } from '../connections/long-answer.ts';
import { graphqlErrorAnswer, type HttpAnswer, refusalAnswer } from '../http-answer.ts';
import { parseJsonBody } from '../json-body.ts';
import type { Checked } from '../limits/rate-limits.ts';
import type { RequestLimits } from '../limits/request-limits.ts';
import type { AnswerType } from '../media-type.ts';
import { requireOwnPage } from '../own-page.ts';
import { isRefused, refusedRequestAnswer, unexpectedAnswer } from '../refuse-request.ts';
import { requestIdOf } from '../request-id.ts';
import { admitOperation } from './admit-operation.ts';
import { type EventStreamOptions, streamOperation } from './graphql-event-stream.ts';
import type { OperationBatches } from './operation-batches.ts';
import { operationOfBody } from './operation-request.ts';

export interface FastExchangeOptions extends Omit<EventStreamOptions, 'gatewayEnds'> {
  readonly operations: Operations;
  readonly log: AnswerLog;
  readonly draining: Draining;
  readonly limits: RequestLimits;
  /** Null where a request has one operation. */
  readonly batches: OperationBatches | null;
  /** Bytes that a body may have. */
  readonly bodyLimit: number;
  /** Called with each answer. @param seconds since its request arrived. */
  onAnswered(request: IncomingMessage, status: number, seconds: number): void;
}

/** What follows from a request's headers. */
export interface Heads {
  readonly types: readonly AnswerType[];
  /** Headers of the answer, names and values in turn. */
  readonly headers: string[];
}

/** One request on the fast lane, from its body to its answer. */
export class FastExchange {
  readonly #options: FastExchangeOptions;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #heads: Heads;
  readonly #started = performance.now();
  readonly #setCookie = (header: string) => void this.#heads.headers.push('set-cookie', header);
  #body: unknown;
  /** Of an event stream: its texts are hidden in the log after the body is gone. */
  #streamed: RequestContext | undefined;

  constructor(options: FastExchangeOptions, request: IncomingMessage, response: ServerResponse, heads: Heads) {
    this.#options = options;
    this.#request = request;
    this.#response = response;
    this.#heads = heads;
  }

  begin(): void {
    this.#options.limits.begun(this.#response);
    let first: Buffer | undefined;
    let rest: Buffer[] | undefined;
    this.#request.on('data', (chunk: Buffer) => {
      if (first === undefined) first = chunk;
      else {
        rest ??= [first];
        rest.push(chunk);
      }
    });
    this.#request.on('end', () => {
      const bytes = rest === undefined ? first : Buffer.concat(rest);
      // The request keeps its listeners, and a stream its request.
      first = undefined;
      rest = undefined;
      this.#proceed(bytes);
    });
  }

  /** Begins unless the request is refused before its body is read. */
  beginUnless(refusal: Checked): void {
    if (refusal instanceof Promise) refusal.then((refused) => this.beginUnless(refused)).catch((error) => this.#fail(error));
    else if (refusal === undefined) this.begin();
    else this.#fail(refusal);
  }

  /** Reads the body and the viewer; a wrong request is refused before its operation is read. */
  #proceed(bytes: Buffer | undefined): void {
    try {
      this.#body = parseJsonBody(bytes?.toString() ?? '');
      const capturable = this.#options.contexts.recognize(this.#request);
      if (capturable instanceof Promise) capturable.then((known) => this.#run(known)).catch((error) => this.#fail(error));
      else this.#run(capturable);
    } catch (error) {
      this.#fail(error as Error);
    }
  }

  #run(capturable: CapturableRequest): void {
    const refused = this.#options.limits.ofSender('graphql', capturable);
    if (refused instanceof Promise) {
      refused.then((error) => (error === undefined ? this.#admit(capturable) : this.#fail(error))).catch((error) => this.#fail(error));
    } else if (refused === undefined) this.#admit(capturable);
    else this.#fail(refused);
  }

  #admit(capturable: CapturableRequest): void {
    const { operations, contexts, limits, batches } = this.#options;
    const { types } = this.#heads;
    if (batches !== null && Array.isArray(this.#body)) {
      this.#answerBatch(batches, this.#body, capturable);
      return;
    }
    const asked = { method: 'POST', types, viewer: capturable.viewer, limits };
    const admission = admitOperation(operations, asked, () => operationOfBody(this.#body));
    if (admission.kind === 'refused') {
      this.#answer(admission.answer);
      return;
    }
    const session = contexts.openSession(this.#request, capturable, this.#setCookie);
    if (admission.kind === 'stream') this.#stream(admission.prepared, session);
    else {
      const { type, operation } = admission;
      const context = this.#open(session, operation);
      answerOperation(context, (answer) =>
        this.#answer(
          isRefusedOperation(answer) ? refusalAnswer(answer.errors, type) : { status: 200, type, text: `${jsonOf(answer, context)}\n` },
        ),
      );
    }
  }

  #answerBatch(batches: OperationBatches, bodies: readonly unknown[], capturable: CapturableRequest): void {
    const batched = { request: this.#request, response: this.#response, capturable, types: this.#heads.types, setCookie: this.#setCookie };
    batches.answer(batched, bodies).then(
      (answer) => this.#answer(answer),
      (error) => this.#fail(error),
    );
  }

  #open(session: CaptureSession, operation: ReadyOperation): RequestContext {
    return this.#options.contexts.open(requestIdOf(this.#request), session, operation, this.#response);
  }

  #stream(prepared: PreparedOperation, session: CaptureSession): void {
    const { contexts, now, clients, held, pingEvery, draining, limits } = this.#options;
    requireOwnPage(this.#request, contexts);
    const open = (operation: ReadyOperation) => {
      const context = this.#open(session, operation);
      this.#body = undefined;
      this.#streamed = context;
      return context;
    };
    const target = { response: this.#response, headers: () => this.#heads.headers, open };
    streamOperation(prepared, target, { contexts, now, clients, limits, held, pingEvery, gatewayEnds: draining.end }).then(
      () => this.#answered(200),
      (error) => this.#fail(error),
    );
  }

  #fail(error: Error): void {
    const { log, bodyLimit, contexts } = this.#options;
    if (error instanceof GatewayError) this.#answer(graphqlErrorAnswer(error));
    else if (isRefused(error)) {
      // The framework does the same after a body that it could not read.
      this.#answer({ ...refusedRequestAnswer(error, bodyLimit), headers: { connection: 'close' } });
    } else {
      const requestId = requestIdOf(this.#request);
      log.unexpected(error, requestId, [...contexts.seenValues(this.#request), ...(this.#streamed?.texts ?? textsIn(this.#body))]);
      this.#answer(unexpectedAnswer(requestId));
    }
  }

  /** Writes the answer with the headers that the framework would write. */
  #answer({ status, type, text, headers: own }: HttpAnswer): void {
    // The client has gone, or a stream failed after it had begun.
    if (this.#response.destroyed || this.#response.headersSent) {
      this.#response.destroy();
      return;
    }
    const { headers } = this.#heads;
    for (const name in own) headers.push(name, own[name] as string);
    const length = Buffer.byteLength(text);
    this.#writeHead(status, type, length);
    if (isLongText(text)) {
      this.#options.limits.worked(this.#response);
      // A client that goes is no failure.
      pipeline(longAnswer(text, length, this.#response, this.#options.held), this.#response, () => this.#answered(status));
      return;
    }
    // A text of ASCII only, as most are, needs no encoding.
    this.#response.end(text, length === text.length ? 'latin1' : 'utf8');
    this.#answered(status);
  }

  #writeHead(status: number, type: string, length: number): void {
    const { headers } = this.#heads;
    headers.push('content-type', type, 'content-length', String(length));
    if (this.#options.draining.endsConnections) this.#response.shouldKeepAlive = false;
    this.#response.writeHead(status, headers);
  }

  #answered(status: number): void {
    this.#options.onAnswered(this.#request, status, (performance.now() - this.#started) / 1_000);
  }
}
