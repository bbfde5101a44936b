import { refuseByRole } from './accounts.ts';
import { ApiError, Fault } from './api-error.ts';
import { type CallContext, type Handler, type Handlers, refsOf, text } from './calls/context.ts';
import { vbdCalls, vifCalls } from './calls/devices.ts';
import { vdiCalls } from './calls/disks.ts';
import { genericHandler } from './calls/generic.ts';
import { hostCalls, vmQueryCalls } from './calls/host.ts';
import { provisionCalls } from './calls/provision.ts';
import { authCalls, sessionCalls, touchSession } from './calls/session.ts';
import { beginTask, dummyTask, endTask, taskCalls } from './calls/task.ts';
import { vmCloneCalls } from './calls/vm-clone.ts';
import { vmDomainCalls } from './calls/vm-domain.ts';
import { vmLimitCalls } from './calls/vm-limits.ts';
import { updateAllowedOperations, vmCheckedCalls } from './calls/vm-operations.ts';
import { vmPauseCalls } from './calls/vm-pause.ts';
import { vmPowerCalls } from './calls/vm-power.ts';
import {
  array,
  bare,
  type Call,
  decodeCall,
  failure,
  fault,
  rawResponse,
  success,
  TypeMismatch,
} from './envelope.ts';
import { marshal, ocamlName, unmarshal } from './marshal.ts';
import type { Message, Model } from './model.ts';
import { type Member, refuseAtSlave, refuseInTrouble } from './pool.ts';
import type { Value } from './types.ts';
import type { Spoilt, World } from './world.ts';
import { XmlError } from './xml.ts';

const own: Readonly<Record<string, Handlers>> = {
  session: sessionCalls,
  auth: authCalls,
  task: taskCalls,
  host: hostCalls,
  VIF: vifCalls,
  VBD: vbdCalls,
  VDI: vdiCalls,
  VM: {
    ...vmCheckedCalls,
    ...vmCloneCalls,
    ...provisionCalls,
    ...vmLimitCalls,
    ...vmDomainCalls,
    ...vmPowerCalls,
    ...vmPauseCalls,
    ...vmQueryCalls,
  },
};

/** Calls of these classes make no task (datamodel.ml:no_task_id_for). */
const withoutTask = new Set(['task', 'event']);

/** What goes back over the wire. `ends`: nothing does, the connection just ends; `broken`: HTTP 500, saying why. */
export type Reply =
  | { readonly xml: string; readonly spoilt?: Spoilt }
  | { readonly ends: true }
  | { readonly broken: string };

/**
 * One XML-RPC request: decoded, checked, carried out, answered. Never throws for what a client may send. `at`: the host of
 * the pool that it was sent to; null: the coordinator.
 */
export async function dispatch(
  world: World,
  body: string,
  signal: AbortSignal,
  at: Member | null = null,
): Promise<Reply> {
  try {
    return await carryOut(world, decodeCall(body, world.profile.model.reader), signal, at);
  } catch (error) {
    const { has } = world.profile;
    // 6.0 to 6.2 say so in a reply (api_server.ml of 63ef2c5363); before and after, HTTP does.
    if (error instanceof XmlError && has('boston') && !has('creedence')) {
      return { xml: fault('Failed to parse supplied XML', 1) };
    }
    return replyOf(error, signal);
  }
}

function replyOf(error: unknown, signal: AbortSignal): Reply {
  if (error instanceof XmlError) return { broken: error.message };
  if (error instanceof TypeMismatch) return { broken: `XMLRPC.RunTimeTypeError("${error.expected}", _)` };
  if (error instanceof Fault) return { xml: fault(error.message) };
  if (error instanceof ApiError) return { xml: failure([error.code, ...error.params]) };
  if (signal.aborted) return { ends: true };
  const message = error instanceof Error ? error.message : String(error);
  return { xml: failure(['INTERNAL_ERROR', message]) };
}

/** The names of the synchronous calls, as `system.listMethods` has them. */
const methodNames = ({ classes }: Model): string[] =>
  [...classes].flatMap(([className, { messages }]) => [...messages.keys()].map((method) => `${className}.${method}`));

/** Checks in the order of gen_server.ml: name, number of arguments, their types, session, asynchronous mode. */
async function carryOut(world: World, call: Call, signal: AbortSignal, at: Member | null): Promise<Reply> {
  const { model } = world.profile;
  const async = /^Async\../.test(call.method);
  const name = async ? call.method.slice('Async.'.length) : call.method;
  refuseInTrouble(at, name);
  if (name === 'system.listMethods') return { xml: rawResponse(array(methodNames(model).map(bare))) };
  const [, className = '', method = ''] = /^([^.]*)\.(.*)$/s.exec(name) ?? [];
  const message = model.classes.get(className)?.messages.get(method);
  if (message === undefined) throw new ApiError('MESSAGE_METHOD_UNKNOWN', name);
  const { session, args } = readArguments(model, name, call, message);
  const admit = (): void => {
    if (message.session) touchSession(world, session);
    refuseAtSlave(world, at, name);
    if (message.session) refuseByRole(world, session, name);
  };
  admit();
  const xapi = world.stopped;
  const instead = await world.intercept?.(call.method, args);
  xapi.throwIfAborted();
  if (instead === 'lose') return { ends: true };
  if (instead === '500') return { broken: 'Not_found' };
  const perform = async (): Promise<Reply> => {
    // The session may have been forgotten meanwhile, the coordinator be another one.
    admit();
    if (async && !message.async) {
      const why = `No async mode for this operation (rpc: ${name})`;
      // With rpc-light a fault is a failure that is called so.
      throw model.reader === 'rpc-light' ? new ApiError('Fault', why) : new Fault(why);
    }
    if (message.removed) throw new ApiError('MESSAGE_REMOVED');
    if (instead instanceof Error) throw instead;
    if (className === 'event' && (method === 'next' || method === 'from')) {
      return { xml: success(await awaitEvents(world, session, method, args)) };
    }
    const handler = findHandler(model, className, method, message);
    const run = (task: string) => handler({ world, session, task, signal: async ? world.stopped : signal }, ...args);
    if (async) {
      const started = beginTask(world, call.method);
      void inTask(world, started, message, run).catch(() => undefined);
      return { xml: success(bare(started)) };
    }
    const hasTask = message.async && !withoutTask.has(className);
    const value = hasTask ? await withTask(world, name, message, run) : await run(dummyTask(world, name));
    return { xml: success(marshal(model, message.result, value)) };
  };
  const reply = await perform().catch((error: unknown) => replyOf(error, signal));
  if (instead === 'drop') return { ends: true };
  return typeof instead === 'string' && 'xml' in reply ? { ...reply, spoilt: instead } : reply;
}

/** The count leaves the session out, on both sides: without any argument it is -1. */
function readArguments(model: Model, name: string, call: Call, message: Message): { session: string; args: Value[] } {
  const [first, ...others] = call.params;
  const raw = message.session ? others : call.params;
  const least = message.params.length - message.optional.length;
  const tooMany = raw.length > message.params.length && message.optional.length === 0;
  if ((message.session && first === undefined) || raw.length < least || tooMany) {
    const got = call.params.length - (message.session ? 1 : 0);
    throw new ApiError('MESSAGE_PARAMETER_COUNT_MISMATCH', name, String(least), String(got));
  }
  const session =
    message.session && first !== undefined ? text(unmarshal(model, sessionType, first, 'session_id')) : '';
  const args = message.params.map((type, i) => {
    const value = raw[i];
    if (value === undefined) return message.optional[i - least] ?? '';
    return unmarshal(model, type, value, ocamlName(message.names[i] ?? 'value'));
  });
  return { session, args };
}

const sessionType = { kind: 'ref', name: 'session' } as const;

function findHandler(model: Model, className: string, method: string, message: Message): Handler {
  if (className === 'event') return eventHandler(method);
  const definition = model.classes.get(className);
  const handler = own[className]?.[method] ?? (definition && genericHandler(definition, method, message));
  // A template that becomes a VM by its flag keeps what it was allowed (message_forwarding.ml).
  const kept = method === 'set_is_a_template';
  if (handler) return className === 'VM' && !kept ? refreshing(handler) : handler;
  return () => {
    throw new ApiError('INTERNAL_ERROR', `Not_implemented(${className}.${method})`);
  };
}

/** The two calls that wait for events; what they answer is XML already. */
function awaitEvents(
  world: World,
  session: string,
  method: 'next' | 'from',
  args: readonly Value[],
): Promise<string> {
  const isAlive = (): boolean => world.sessions.has(session);
  if (method === 'next') return world.events.next(session, isAlive);
  const [classes, token, seconds] = args;
  return world.events.since.from(session, refsOf(classes), text(token), Number(seconds), isAlive);
}

function eventHandler(method: string): Handler {
  return ({ world, session }, classes, ref) => {
    if (method === 'get_current_id') return world.events.currentId();
    if (method === 'inject') return world.events.since.inject(text(classes), text(ref));
    const names = refsOf(classes);
    if (method === 'register') world.events.register(session, names);
    else world.events.unregister(session, names);
    return '';
  };
}

/** Whatever a VM call changed, what is allowed next is worked out again. */
function refreshing(handler: Handler): Handler {
  return async (context: CallContext, ...args: Value[]) => {
    const value = await handler(context, ...args);
    if (typeof args[0] === 'string') updateAllowedOperations(context.world, args[0]);
    return value;
  };
}

type Run = (task: string) => Value | Promise<Value>;

/** A synchronous call has a task of its own as well, for as long as it runs. */
async function withTask(world: World, label: string, message: Message, run: Run): Promise<Value> {
  const task = beginTask(world, label);
  try {
    return await inTask(world, task, message, run);
  } finally {
    if (world.database.find('task', task)) world.database.destroy('task', task);
  }
}

/** task.result; of a void call it is nothing at all, later an empty value (taskHelper.ml:set_result_on_task). */
function resultOf(model: Model, message: Message, value: Value): string {
  if (message.result.kind !== 'void') return marshal(model, message.result, value);
  return model.reader === 'rpc-light' ? '<value></value>' : '';
}

/** Runs a call and writes its end into its task. */
async function inTask(world: World, task: string, message: Message, run: Run): Promise<Value> {
  try {
    const value = await run(task);
    endTask(world, task, {
      result: resultOf(world.profile.model, message, value),
    });
    return value;
  } catch (error) {
    const known = error instanceof ApiError ? error : new ApiError('INTERNAL_ERROR', String(error));
    endTask(world, task, { error: known });
    throw error;
  }
}
