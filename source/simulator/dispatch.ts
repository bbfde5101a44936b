import { ApiError, Fault } from './api-error.ts';
import { type CallContext, type Handler, type Handlers, text } from './calls/context.ts';
import { vbdCalls, vdiCalls, vifCalls } from './calls/devices.ts';
import { genericHandler } from './calls/generic.ts';
import { hostCalls, methodNames, vmQueryCalls } from './calls/host.ts';
import { sessionCalls } from './calls/session.ts';
import { beginTask, endTask, taskCalls } from './calls/task.ts';
import { vmCloneCalls } from './calls/vm-clone.ts';
import { vmLimitCalls } from './calls/vm-limits.ts';
import { updateAllowedOperations } from './calls/vm-operations.ts';
import { vmPowerCalls } from './calls/vm-power.ts';
import { hostTime } from './clock.ts';
import { array, bare, type Call, decodeCall, failure, fault, success } from './envelope.ts';
import { marshal, unmarshal } from './marshal.ts';
import { type Message, model } from './model.ts';
import type { Value } from './types.ts';
import type { World } from './world.ts';

const own: Readonly<Record<string, Handlers>> = {
  session: sessionCalls,
  task: taskCalls,
  host: hostCalls,
  VIF: vifCalls,
  VBD: vbdCalls,
  VDI: vdiCalls,
  VM: { ...vmCloneCalls, ...vmLimitCalls, ...vmPowerCalls, ...vmQueryCalls },
};

/** What goes back over the wire; `drop` and `lose`: nothing does, the connection just ends. */
export type Reply = { readonly xml: string } | { readonly ends: true };

/** One XML-RPC request: decoded, checked, carried out, answered. Never throws for what a client may send. */
export async function dispatch(world: World, body: string, signal: AbortSignal): Promise<Reply> {
  try {
    return await carryOut(world, decodeCall(body), signal);
  } catch (error) {
    if (error instanceof Fault) return { xml: fault(error.message) };
    if (error instanceof ApiError) return { xml: failure([error.code, ...error.params]) };
    if (signal.aborted) return { ends: true };
    const message = error instanceof Error ? error.message : String(error);
    return { xml: failure(['INTERNAL_ERROR', message]) };
  }
}

async function carryOut(world: World, call: Call, signal: AbortSignal): Promise<Reply> {
  if (call.method === 'system.listMethods') return { xml: success(array(methodNames().map(bare))) };
  const async = call.method.startsWith('Async.');
  const [className = '', method = ''] = call.method.replace(/^Async\./, '').split('.', 2);
  const message = model.get(className)?.messages.get(method);
  if (message === undefined) throw new ApiError('MESSAGE_METHOD_UNKNOWN', call.method);
  if (async && !message.async) throw new Fault(`No async mode for this operation (rpc: ${call.method})`);
  const { session, args } = readArguments(world, call, message);
  const before = world.intercept?.(call.method, args);
  if (before === 'lose') return { ends: true };
  if (before instanceof Error) throw before;
  if (className === 'event' && method === 'next') {
    return { xml: success(await world.events.next(session, () => world.sessions.has(session), signal)) };
  }
  const handler = findHandler(className, method, message);
  const run = (task: string) => handler({ world, session, task, signal: async ? world.stopped : signal }, ...args);
  if (async) {
    const started = runInBackground(world, call.method, message, run);
    return before === 'drop' ? { ends: true } : { xml: success(bare(started)) };
  }
  const value = message.async ? await withTask(world, `${className}.${method}`, run) : await run('OpaqueRef:NULL');
  return before === 'drop' ? { ends: true } : { xml: success(marshal(message.result, value)) };
}

function readArguments(world: World, call: Call, message: Message): { session: string; args: Value[] } {
  const raw = [...call.params];
  const first = message.session ? raw.shift() : undefined;
  const expected = message.params.length;
  const least = expected - message.optional.length;
  const tooMany = raw.length > expected && message.optional.length === 0;
  if ((message.session && first === undefined) || raw.length < least || tooMany) {
    const [wanted, got] = [expected + (message.session ? 1 : 0), call.params.length];
    throw new ApiError('MESSAGE_PARAMETER_COUNT_MISMATCH', call.method, String(wanted), String(got));
  }
  const session = first?.kind === 'scalar' ? first.text : '';
  if (message.session) {
    if (!world.sessions.has(session)) throw new ApiError('SESSION_INVALID', session);
    world.database.set('session', session, 'last_active', hostTime(world.clock.now()));
  }
  const args = message.params.map((type, i) => {
    const value = raw[i];
    if (value === undefined) return message.optional[i - least] ?? '';
    return unmarshal(type, value, message.names[i] ?? 'value');
  });
  return { session, args };
}

function findHandler(className: string, method: string, message: Message): Handler {
  if (className === 'event') return eventHandler(method);
  const definition = model.get(className);
  const handler = own[className]?.[method] ?? (definition && genericHandler(definition, method, message));
  if (handler) return className === 'VM' ? refreshing(handler) : handler;
  return () => {
    throw new ApiError('INTERNAL_ERROR', `Not_implemented(${className}.${method})`);
  };
}

function eventHandler(method: string): Handler {
  return ({ world, session }, classes) => {
    if (method === 'get_current_id') return world.events.currentId();
    const names = Array.isArray(classes) ? classes.map(String) : [];
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

async function withTask(world: World, label: string, run: (task: string) => Value | Promise<Value>): Promise<Value> {
  const task = beginTask(world, label);
  try {
    return await run(task);
  } finally {
    if (world.database.find('task', task)) world.database.destroy('task', task);
  }
}

function runInBackground(
  world: World,
  label: string,
  message: Message,
  run: (task: string) => Value | Promise<Value>,
): string {
  const task = beginTask(world, label);
  const work = async (): Promise<void> => {
    try {
      const value = await run(task);
      endTask(world, task, { result: message.result.kind === 'void' ? '' : marshal(message.result, text(value)) });
    } catch (error) {
      const known = error instanceof ApiError ? error : new ApiError('INTERNAL_ERROR', String(error));
      endTask(world, task, { error: known });
    }
  };
  void work();
  return task;
}
