// Language models whose replies a test writes down beforehand, reached through the real `vscode.lm`.
//
// canariTest.lm.script(behaviours)  the replies to come, one per request, the last one again and again; forgets the
//                                   earlier ones and the requests. A function makes the behaviour from the request.
//     { text: 'a' | ['a', 'b'] }    the text, in one or more parts
//     { tool: { …input }, name? }   a call of the tool `name`, or of the first tool on offer
//     { error: 'NoPermissions' | 'Blocked' | 'NotFound' | 'other', message? }
//     { stall: true }               nothing, until the request is cancelled
//     { empty: true }               an end without a word
//     { parts: [behaviour, …] }     several of them in one reply
//   and `afterMs` in any of them waits first.
// canariTest.lm.requests()          what has been asked since then
// canariTest.lm.models(ids)         the models on offer (one, `scripted`, to begin with; [] for none)
const vscode = require('vscode');

const vendor = 'canari-test';
let script = [];
let requests = [];
let models = ['scripted'];

const information = (id) => ({
  id,
  name: `Canari test model ${id}`,
  family: vendor,
  version: '1',
  maxInputTokens: 32_000,
  maxOutputTokens: 4_000,
  capabilities: { toolCalling: true, imageInput: false },
});

function textOf(content) {
  return content
    .map((part) => (part instanceof vscode.LanguageModelTextPart ? part.value : JSON.stringify(part)))
    .join('');
}

/** Ends when the request is cancelled, or after `ms`. */
function wait(token, ms) {
  return new Promise((resolve) => {
    const timer = ms === undefined ? undefined : setTimeout(resolve, ms);
    token.onCancellationRequested(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

async function play(behaviour, options, progress, token) {
  if (behaviour.afterMs !== undefined) await wait(token, behaviour.afterMs);
  if (token.isCancellationRequested) throw new vscode.CancellationError();
  for (const part of behaviour.parts ?? []) await play(part, options, progress, token);
  for (const text of [behaviour.text ?? []].flat()) progress.report(new vscode.LanguageModelTextPart(text));
  if (behaviour.tool !== undefined) {
    const name = behaviour.name ?? options.tools?.[0]?.name ?? 'no-tool-offered';
    progress.report(new vscode.LanguageModelToolCallPart(`call-${requests.length}`, name, behaviour.tool));
  }
  if (behaviour.error !== undefined) {
    const message = behaviour.message ?? `scripted: ${behaviour.error}`;
    const make = vscode.LanguageModelError[behaviour.error];
    throw make === undefined ? new Error(message) : make.call(vscode.LanguageModelError, message);
  }
  if (behaviour.stall === true) {
    await wait(token);
    throw new vscode.CancellationError();
  }
}

exports.activate = (context) => {
  const changed = new vscode.EventEmitter();
  context.subscriptions.push(
    changed,
    vscode.lm.registerLanguageModelChatProvider(vendor, {
      onDidChangeLanguageModelChatInformation: changed.event,
      provideLanguageModelChatInformation: () => models.map(information),
      provideTokenCount: (_model, text) =>
        Math.ceil((typeof text === 'string' ? text : textOf(text.content)).length / 4),
      async provideLanguageModelChatResponse(model, messages, options, progress, token) {
        const request = {
          model: model.id,
          messages: messages.map((message) => ({
            role: message.role === vscode.LanguageModelChatMessageRole.User ? 'user' : 'assistant',
            text: textOf(message.content),
          })),
          tools: (options.tools ?? []).map(({ name, inputSchema }) => ({ name, inputSchema })),
          required: options.toolMode === vscode.LanguageModelChatToolMode.Required,
          modelOptions: options.modelOptions ?? {},
          cancelled: false,
        };
        requests.push(request);
        token.onCancellationRequested(() => {
          request.cancelled = true;
        });
        const behaviour = script.length > 1 ? script.shift() : script[0];
        if (behaviour === undefined) throw new Error('canari-test: no reply is scripted');
        await play(
          typeof behaviour === 'function' ? behaviour(request) : behaviour,
          options,
          progress,
          token,
        );
      },
    }),
    vscode.commands.registerCommand('canariTest.lm.script', (behaviours) => {
      script = [...behaviours];
      requests = [];
    }),
    vscode.commands.registerCommand('canariTest.lm.requests', () => structuredClone(requests)),
    vscode.commands.registerCommand('canariTest.lm.models', (ids) => {
      models = [...ids];
      changed.fire();
    }),
  );
};
